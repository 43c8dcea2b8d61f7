using System.Net.Sockets;
using System.Text;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>The decoy as a server in this process, and what is said of a decoy that is down.</summary>
public sealed class DecoyDownTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly RecordingLog log = new();
    private readonly TestCertificate certificate;

    public DecoyDownTests() => certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_server_in_this_process_gets_the_visitors_bytes_and_their_end_and_the_visitor_its_answer()
    {
        var answered = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = TestRelay.Start(certificate, decoy: new UpstreamEndpoint.InProcess("a server", async visitor =>
        {
            using var all = new MemoryStream();
            var part = new byte[50_000];
            for (int count; (count = await visitor.ReceiveAsync(part, Stop)) > 0;)
                all.Write(part.AsSpan(0, count));
            await visitor.SendAsync(all.ToArray().AsMemory(..50_000), Stop);
            answered.SetResult(all.ToArray());
        }));
        using var visitor = await relay.ConnectAsync();
        var sent = new byte[3_000_000];
        new Random(7).NextBytes(sent);
        sent[0] = (byte)'G';
        await using var stream = new NetworkStream(visitor);
        await stream.WriteAsync(sent, Stop);
        visitor.Shutdown(SocketShutdown.Send);
        using var got = new MemoryStream();
        await stream.CopyToAsync(got, Stop);
        Assert.Equal(sent, await answered.Task.WaitAsync(Stop));
        Assert.Equal(sent[..50_000], got.ToArray());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_visitor_who_ends_his_side_while_an_answer_waits_for_him_gets_no_more_of_it_as_from_nginx()
    {
        const int Blocks = 4096, Block = 16 * 1024;
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = TestRelay.Start(certificate, decoy: new UpstreamEndpoint.InProcess("a server", async visitor =>
        {
            await visitor.ReceiveAsync(new byte[1], Stop);
            var sent = 0;
            try
            {
                for (; sent < Blocks; sent++)
                {
                    var sending = visitor.SendAsync(new byte[Block], Stop);
                    if (!sending.IsCompleted)
                        waits.TrySetResult();
                    await sending;
                }
            }
            catch (SocketException)
            {
                // Broken off.
            }
            ended.SetResult(sent);
        }));
        using var visitor = await relay.ConnectAsync();
        await using var stream = new NetworkStream(visitor);
        await stream.WriteAsync("G"u8.ToArray(), Stop);
        await waits.Task.WaitAsync(Stop);

        visitor.Shutdown(SocketShutdown.Send);

        Assert.InRange(await ended.Task.WaitAsync(Stop), 1, Blocks - 1);
        using var got = new MemoryStream();
        await stream.CopyToAsync(got, Stop);
        Assert.InRange(got.Length, 1, (long)Blocks * Block - 1);
    }

    [Fact]
    public async Task Visitors_who_get_an_error_page_are_said_to_get_one()
    {
        await using var relay = Start(unavailable: Serve("the error page", "502"));
        Assert.Equal("502", await VisitAsync(relay));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyDown);
        Assert.Contains("its visitors are shown an error page", Assert.Single(Warnings), StringComparison.Ordinal);
        Assert.Equal(DecoyState.ErrorPage, relay.Server.GetStatistics().Decoy);
    }

    [Fact]
    public async Task Visitors_who_are_disconnected_are_said_to_be()
    {
        await using var relay = Start(unavailable: null);
        Assert.Equal("", await VisitAsync(relay));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyDown);
        Assert.Contains("its visitors are disconnected", Assert.Single(Warnings), StringComparison.Ordinal);
        Assert.Equal(DecoyState.Disconnected, relay.Server.GetStatistics().Decoy);
    }

    [Fact]
    public async Task The_page_for_plain_HTTP_says_nothing_about_the_web_site()
    {
        await using var relay = Start(unavailable: Serve("the error page", "502"));
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal("502", await VisitAsync(relay));
            await relay.HasCountedAsync(i, ConnectionOutcome.DecoyDown);
            Assert.Equal("400", await VisitPlainAsync(relay));
            await relay.HasCountedAsync(i, ConnectionOutcome.PlainHttp);
        }
        Assert.Single(Warnings);
        Assert.Equal(DecoyState.ErrorPage, relay.Server.GetStatistics().Decoy);
    }

    [Fact]
    public async Task A_decoy_that_is_up_again_is_no_longer_said_to_be_down()
    {
        await using var relay = Start(unavailable: null);
        Assert.Equal("", await VisitAsync(relay));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyDown);
        relay.Server.UseOptions(
            relay.Options with { Decoy = relay.Options.Decoy with { Http1 = Serve("the web site", "200"), Http2 = null } });
        Assert.Equal("200", await VisitAsync(relay));
        Assert.Equal(DecoyState.Served, relay.Server.GetStatistics().Decoy);
    }

    private IEnumerable<string> Warnings =>
        log.Lines.Where(static line => line.Contains("cannot be dialled", StringComparison.Ordinal));

    /// <summary>A relay whose web site refuses every connection, and whose page for plain HTTP is "400".</summary>
    private TestRelay Start(UpstreamEndpoint? unavailable) => TestRelay.Start(
        certificate,
        logger: log,
        change: options => options with
        {
            Decoy = options.Decoy with { PlainHttp = Serve("the page for plain HTTP", "400"), Http1Unavailable = unavailable },
        });

    private async Task<string> VisitAsync(TestRelay relay)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(new() { Proxy = relay.EndPoint, Authority = authority }, Stop);
        return await GetAsync(client.Outer);
    }

    private static async Task<string> VisitPlainAsync(TestRelay relay)
    {
        await using var stream = new NetworkStream(await relay.ConnectAsync(), ownsSocket: true);
        return await GetAsync(stream);
    }

    private static async Task<string> GetAsync(Stream stream)
    {
        await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Stop);
        return Encoding.ASCII.GetString(answer.ToArray());
    }

    private static UpstreamEndpoint.InProcess Serve(string name, string answer) => new(name, async visitor =>
    {
        var request = new byte["GET / HTTP/1.1\r\n\r\n".Length];
        for (var got = 0; got < request.Length;)
            got += await visitor.ReceiveAsync(request.AsMemory(got), Stop);
        await visitor.SendAsync(Encoding.ASCII.GetBytes(answer), Stop);
    });
}
