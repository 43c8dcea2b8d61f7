using Heliograph.Compare.Load;
using Heliograph.Soak.Judging;
using Heliograph.Soak.Load;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Bench.Soak;

/// <summary>The well-behaved clients of the endurance run notice what they are there to notice; the server is the real one.</summary>
public sealed class ClientsTests
{
    /// <summary>One turn of every kind.</summary>
    private const int Turns = 15;

    private readonly Findings findings = new();

    [Fact(Timeout = Bound.LongTest)]
    public async Task Through_a_good_server_every_conversation_is_complete()
    {
        using var upstream = new StandInUpstream();

        var served = await ConverseAsync(upstream.Address);

        Assert.True(findings.IsEmpty, string.Join('\n', findings.Lines));
        Assert.Equal(Turns, served);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_byte_that_is_changed_on_its_way_is_a_wrong_one()
    {
        await using var upstream = StandInSignal.StartRaw(AnswerAsync(static b => (byte)(b ^ 1)));

        await ConverseAsync(upstream.Endpoint);

        Assert.StartsWith($"FAILED {ClientRule.WrongByte}: ", findings.Lines[0], StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_answer_that_breaks_off_is_a_lost_one()
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.HalfCloseAsync);

        await ConverseAsync(upstream.Endpoint);

        Assert.StartsWith($"FAILED {ClientRule.LostByte}: ", findings.Lines[0], StringComparison.Ordinal);
    }

    /// <summary>All lanes lead to one upstream, except that to the web site.</summary>
    /// <returns>How many conversations were complete.</returns>
    private async Task<int> ConverseAsync(System.Net.IPEndPoint upstream)
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Domains = [Compare.Certificates.Domain], Routes = ProxySettings.Route(Traffic.HostName, upstream) },
            authority);
        using var tls = new OuterTls(proxy.Directory.Write("root.pem", authority.RootPem));
        var watch = new Watch(new Windows(), findings);
        var clients = new Clients(
            new Target("heliograph", proxy.Program.Id, proxy.Endpoint, tls, tls, Lane.Steady | Lane.Site), watch);
        // They block their thread.
        await Task.Run(() => Parallel.For(0, Turns, clients.Converse), Bound.Token);
        return watch.Served;
    }

    /// <summary>Answers every command with one byte, changed.</summary>
    private static Func<StandInConnection, Task> AnswerAsync(Func<byte, byte> change) => async connection =>
    {
        _ = await connection.Data.ReadAsync(new byte[64 * 1024], connection.Stopping);
        await connection.Data.WriteAsync(new[] { change(Traffic.Block[0]) }, connection.Stopping);
        await connection.Data.CopyToAsync(Stream.Null, connection.Stopping);
    };
}
