using System.Text;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>The authority asks a machine that does not order. What ordinary clients see meanwhile: FleetNetworkTests.</summary>
[Trait("Needs", "server")]
public sealed class FleetChallengeTests
{
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
}
