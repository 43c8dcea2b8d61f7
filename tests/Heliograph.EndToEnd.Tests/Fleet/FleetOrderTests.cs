using System.Diagnostics;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>Which machine orders, how often the authority is asked, and how soon all serve what it has issued.</summary>
[Trait("Needs", "server")]
public sealed class FleetOrderTests(ITestOutputHelper output)
{
    /// <summary>
    /// Measured: 44 to 171 ms in ten runs on two processors with a load average of 10 to 14. The test looks every 50 ms.
    /// </summary>
    private static readonly TimeSpan AllServe = TimeSpan.FromSeconds(2);

    /// <summary>The lock's 30 s, a look at it every 10 s, and the order on a busy machine.</summary>
    private static readonly TimeSpan Overtaken = TimeSpan.FromSeconds(90);

    [Fact(Timeout = Bound.LongTest)]
    public async Task Five_machines_that_start_empty_place_one_order_and_serve_its_certificate_within_two_seconds_of_each_other()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 5, asked: 4);
        // A validator waits for 15 s only, and on a busy machine five programs may take longer to start.
        fleet.Pebble.Freeze();
        await Task.WhenAll(fleet.Machines.Select(static machine => machine.StartAsync()));
        fleet.Pebble.Thaw();
        await fleet.Gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        await JoinedFleet.UntilAnsweredAsync(fleet.Machines[4]);
        var clock = Stopwatch.StartNew();
        var served = fleet.Machines.Select(machine => FirstServedAsync(machine, clock)).ToList();
        fleet.Gate.Open();

        var moments = await Task.WhenAll(served);
        var spread = moments.Max() - moments.Min();
        output.WriteLine($"the last machine served the certificate {spread.TotalMilliseconds:0} ms after the first");
        var serials = await Task.WhenAll(fleet.Machines.Select(static machine => machine.SerialAsync()));
        Assert.Single(serials.Distinct(StringComparer.Ordinal));
        Assert.Equal(1, AcmeProxy.Orders(fleet.Pebble));
        Assert.Single(fleet.Machines, HasOrdered);
        Assert.True(spread < AllServe, $"the last machine served it {spread.TotalSeconds:0.0} s after the first");
    }

    /// <summary>
    /// It stands still while the authority validates, so it never learns that it may finalize, and its order is not remembered yet: that
    /// happens once all names are proved. The one that takes over cannot know of it and places an order of its own: two orders, one
    /// certificate. (An order that is remembered is finished: SharedStateTests of Heliograph.Acme.)
    /// </summary>
    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_stalls_while_it_orders_is_overtaken_and_spoils_nothing_when_it_goes_on()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 3, asked: 1);
        var (first, second, third) = (fleet.Machines[0], fleet.Machines[1], fleet.Machines[2]);
        await first.StartAsync();
        await fleet.Gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        await second.StartAsync();
        await JoinedFleet.UntilAnsweredAsync(second);
        first.Proxy.Program.Signal(Processes.SIGSTOP);
        var clock = Stopwatch.StartNew();
        fleet.Gate.Open();
        // All that is left of the first order is to finalize it: what the first machine would do next.
        await Polling.UntilAsync(
            () => fleet.Pebble.Log.Contains(" set VALID by completed challenge ", StringComparison.Ordinal),
            AcmeProxy.Issued,
            "the authority has not validated the first order");

        await second.Proxy.Program.WaitForLineAsync(static line => line.Contains("New certificate: ", StringComparison.Ordinal), Overtaken);
        output.WriteLine($"overtaken after {clock.Elapsed.TotalSeconds:0} s");
        Assert.Equal(2, AcmeProxy.Orders(fleet.Pebble));
        var serial = await second.SerialAsync();

        first.Proxy.Program.Signal(Processes.SIGCONT);
        await first.Proxy.Program.WaitForLineAsync(
            static line => line.Contains("The certificate that is shared goes on being served.", StringComparison.Ordinal),
            AcmeProxy.Issued);
        await JoinedFleet.UntilServedAsync(first, serial);
        // It has no copy of its own: this is what etcd has.
        await third.StartAsync();
        await JoinedFleet.UntilServedAsync(third, serial);
        Assert.Equal(serial, await second.SerialAsync());
        Assert.Equal(2, AcmeProxy.Orders(fleet.Pebble));
        Assert.Equal(1, fleet.Certificates);
        Assert.False(HasOrdered(first));
        Assert.False(HasOrdered(third));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task When_etcd_is_killed_in_an_order_nothing_is_finalized_and_all_have_one_certificate_once_it_is_back()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 1);
        var (first, second) = (fleet.Machines[0], fleet.Machines[1]);
        await first.StartAsync();
        await fleet.Gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        await second.StartAsync();
        await JoinedFleet.UntilAnsweredAsync(second);
        await fleet.Etcd.KillAsync();
        fleet.Gate.Open();
        await first.Proxy.Program.WaitForLineAsync(
            static line => line.Contains("No certificate is ordered while the fleet cannot be asked.", StringComparison.Ordinal),
            AcmeProxy.Issued);
        Assert.Equal(0, fleet.Certificates);

        await fleet.Etcd.StartAgainAsync();
        await Polling.UntilAsync(
            async () => await first.SerialAsync() == await second.SerialAsync(), Overtaken, "the machines do not have one certificate");
        Assert.Equal(1, fleet.Certificates);
        await first.Proxy.TrustedAsync(fleet.Pebble);
    }

    private static bool HasOrdered(FleetMachine machine) =>
        machine.Proxy.Program.AllOutput.Contains("New certificate: ", StringComparison.Ordinal);

    /// <summary>When an ordinary client sees a certificate that is not the self-signed one of the start.</summary>
    private static async Task<TimeSpan> FirstServedAsync(FleetMachine machine, Stopwatch clock)
    {
        await Polling.UntilAsync(
            async () =>
            {
                using var seen = await machine.Proxy.SeenAsync();
                return seen.Issuer != "CN=Throw-away CA";
            },
            AcmeProxy.Issued,
            $"{machine.Name} serves no certificate of the authority");
        return clock.Elapsed;
    }
}
