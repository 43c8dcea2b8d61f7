using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>Machines that each have a network of their own: what the authority and clients reach, and a network that swallows.</summary>
[Trait("Needs", "server")]
[Trait("Needs", "root")]
public sealed class FleetNetworkTests
{
    private const int ClientsATurn = 100;
    private const int AtOnce = 8;

    // Of a validation certificate (RFC 8737 section 3).
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    /// <summary>Within the 3 s of an answer and the pings of an idle connection, on a busy machine.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(JoinedFleet.TlsAlpn)]
    [InlineData(JoinedFleet.Http)]
    public async Task The_authority_asks_each_of_five_machines_in_turn_and_500_ordinary_clients_never_see_a_validation_certificate(
        string challenge)
    {
        await using var fleet = await NetworkedFleet.MakeAsync(machines: 5, challenge);
        await fleet.StartAsync();
        var serial = await fleet.UntilAllServeAsync(static _ => true);
        Assert.Equal(1, AcmeProxy.Orders(fleet.Pebble));

        var clients = 0;
        for (var turn = 0; turn < fleet.Machines.Count; turn++)
        {
            var proxy = fleet.Machines[turn].Proxy;
            var asked = challenge == JoinedFleet.Http ? proxy.Http : proxy.Tls;
            // Every name leads there, and from there to the machine whose turn it is.
            await using var gate = new Gate(asked, new IPEndPoint(new IPAddress([127, 0, 0, (byte)(11 + turn)]), asked.Port));
            await fleet.Pebble.PointAsync(new IPAddress([127, 0, 0, (byte)(11 + turn)]));
            var orderer = fleet.Machines[(turn + 1) % fleet.Machines.Count];
            var order = FleetMachine.RunAsync("certificate", "renew", "--force", "--config", orderer.Proxy.Config);
            await gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
            // The authority was told, so all machines answer; and it waits for the answer, so the order is not over.
            clients += await VisitAsync(fleet.Machines, serial);
            gate.Open();
            await order;
            var before = serial;
            serial = await fleet.UntilAllServeAsync(next => next != before);
            Assert.Contains(
                challenge == JoinedFleet.Http ? "GET /.well-known/acme-challenge/" : "acme-tls/1",
                Encoding.Latin1.GetString(gate.Kept),
                StringComparison.Ordinal);
        }
        Assert.Equal(500, clients);
        Assert.Equal(1 + fleet.Machines.Count, AcmeProxy.Orders(fleet.Pebble));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_whose_way_to_etcd_swallows_everything_goes_on_serving_says_so_and_goes_on_when_the_way_is_back()
    {
        await using var fleet = await NetworkedFleet.MakeAsync(machines: 3);
        await fleet.StartAsync();
        var (first, cut) = (fleet.Machines[0], fleet.Machines[2]);
        var serial = await cut.SerialAsync();

        await fleet.Network.CutAsync(NetworkedFleet.Etcd, cut.Name);
        await Polling.UntilAsync(() => cut.WarnsAsync("fleet_away"), Noticed, "status does not say that etcd is away");
        // First of the watch that broke, then of a new connection.
        var hole = $"etcd cannot be reached ({fleet.Network.AddressOf(NetworkedFleet.Etcd)}:2379: ";
        await Polling.UntilAsync(
            async () => (await cut.StatusAsync()).Contains(hole, StringComparison.Ordinal), Noticed, "status does not say why");
        Assert.DoesNotContain("refused", await cut.StatusAsync(), StringComparison.Ordinal);
        var (code, _, errors) = await FleetMachine.TryAsync("certificate", "renew", "--force", "--config", cut.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Contains(
            "No certificate is ordered while the fleet cannot be asked. If it cannot wait, order for this machine alone: heliograph " +
            "certificate renew --alone\n",
            errors,
            StringComparison.Ordinal);
        await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", first.Proxy.Config);
        var renewed = await first.SerialAsync();
        await JoinedFleet.UntilServedAsync(fleet.Machines[1], renewed);
        Assert.Equal(serial, await cut.SerialAsync());

        await fleet.Network.HealAsync(NetworkedFleet.Etcd, cut.Name);
        await JoinedFleet.UntilServedAsync(cut, renewed);
        await Polling.UntilAsync(async () => !await cut.WarnsAsync("fleet_away"), Noticed, "status does not say that etcd is back");
        await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", cut.Proxy.Config);
        await fleet.UntilAllServeAsync(next => next != renewed && next != serial);
        Assert.Equal(3, AcmeProxy.Orders(fleet.Pebble));
    }

    /// <returns>How many clients have seen the certificate that all machines serve, and nothing else.</returns>
    private static async Task<int> VisitAsync(IReadOnlyList<FleetMachine> machines, string serial)
    {
        string[][] offers = [[], ["h2", "http/1.1"], ["http/1.1"], ["h2", "acme-tls/1"]];
        string[] names = [AcmeProxy.Name, "", "www.heliograph.test", AcmeProxy.Name.ToUpperInvariant(), "signal.org"];
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForAsync(
            0,
            ClientsATurn,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Bound.Token },
            async (client, _) =>
            {
                // Each machine gets each offer with each name.
                var (machine, kind) = (machines[client % machines.Count], client / machines.Count);
                using var certificate = await machine.Proxy.SeenAsync(names[kind % names.Length], offers[kind % offers.Length]);
                Assert.DoesNotContain(certificate.Extensions, static extension => extension.Oid?.Value == AcmeIdentifier);
                seen.AddOrUpdate(certificate.SerialNumber, 1, static (_, count) => count + 1);
            });
        var (only, count) = Assert.Single(seen);
        Assert.Equal(serial, only);
        return count;
    }
}
