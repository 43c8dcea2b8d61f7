using System.Collections.Concurrent;
using System.Text;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>The authority asks a machine that does not order, and only the authority sees the answer.</summary>
[Trait("Needs", "server")]
public sealed class FleetChallengeTests
{
    private const int Clients = 200;
    private const int AtOnce = 8;

    // Of a validation certificate (RFC 8737 section 3).
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(JoinedFleet.TlsAlpn)]
    [InlineData(JoinedFleet.Http)]
    public async Task A_machine_that_does_not_order_answers_either_challenge(string challenge)
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 1, challenge);
        var (first, second) = (fleet.Machines[0], fleet.Machines[1]);
        fleet.Gate.Open();
        await second.StartAsync();
        await second.Proxy.IssuedAsync();
        var serial = await second.SerialAsync();
        await first.StartAsync();
        await JoinedFleet.UntilServedAsync(first, serial);
        var before = fleet.Gate.Kept.Length;

        var renewals = 0;
        string renewed;
        do
        {
            renewals++;
            await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", first.Proxy.Config);
            renewed = await first.SerialAsync();
            Assert.NotEqual(serial, renewed);
            serial = renewed;
        }
        while (fleet.Pebble.ReusedProofs == renewals && renewals < 5);
        await JoinedFleet.UntilServedAsync(second, renewed);
        Assert.Equal(1 + renewals, AcmeProxy.Orders(fleet.Pebble));
        Assert.Contains("New certificate: ", first.Proxy.Program.AllOutput, StringComparison.Ordinal);
        // The second machine's port is the only one that the authority can reach.
        var asked = Encoding.Latin1.GetString(fleet.Gate.Kept.AsSpan(before));
        Assert.Contains(
            challenge == JoinedFleet.Http ? "GET /.well-known/acme-challenge/" : "acme-tls/1", asked, StringComparison.Ordinal);
    }

    /// <summary>
    /// The one that orders stands still, so that its challenge stays for as long as its lock: 20 s at least, whatever the authority does.
    /// </summary>
    [Fact(Timeout = Bound.LongTest)]
    public async Task While_another_machine_orders_200_ordinary_clients_never_see_a_validation_certificate()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 1);
        var (first, second) = (fleet.Machines[0], fleet.Machines[1]);
        await first.StartAsync();
        await fleet.Gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        await second.StartAsync();
        await JoinedFleet.UntilAnsweredAsync(second);
        first.Proxy.Program.Signal(Processes.SIGSTOP);

        string[][] offers = [[], ["h2", "http/1.1"], ["http/1.1"], ["h2", "acme-tls/1"]];
        string[] names = [AcmeProxy.Name, "", "www.heliograph.test", AcmeProxy.Name.ToUpperInvariant(), "signal.org"];
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForAsync(
            0,
            Clients,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Bound.Token },
            async (client, _) =>
            {
                using var certificate = await second.Proxy.SeenAsync(names[client % names.Length], offers[client % offers.Length]);
                Assert.DoesNotContain(certificate.Extensions, static extension => extension.Oid?.Value == AcmeIdentifier);
                seen.AddOrUpdate(certificate.Issuer, 1, static (_, count) => count + 1);
            });
        // The challenge was there all this time.
        Assert.True(await JoinedFleet.AnswersAsync(second), "the challenge was withdrawn before all clients had been there");
        Assert.Equal(("CN=Throw-away CA", Clients), Assert.Single(seen.Select(static entry => (entry.Key, entry.Value))));
    }
}
