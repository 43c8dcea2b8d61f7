using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary><c>heliograph certificate renew --alone</c>, with the built program, a real etcd and a real Pebble.</summary>
[Trait("Needs", "server")]
public sealed class FleetAloneTests
{
    [Fact(Timeout = Bound.LongTest)]
    public async Task While_etcd_is_away_a_machine_renews_alone_and_all_serve_that_certificate_when_etcd_is_back()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 3, asked: 1);
        var (first, second, third) = (fleet.Machines[0], fleet.Machines[1], fleet.Machines[2]);
        var serial = await StartAsync(fleet);

        await fleet.Etcd.KillAsync();
        var (code, _, errors) = await FleetMachine.TryAsync("certificate", "renew", "--force", "--config", second.Proxy.Config);
        Assert.Equal(1, code);
        Assert.EndsWith(
            "No certificate is ordered while the fleet cannot be asked. If it cannot wait, order for this machine alone: heliograph " +
            "certificate renew --alone\n",
            errors,
            StringComparison.Ordinal);
        Assert.Equal(1, AcmeProxy.Orders(fleet.Pebble));
        var lone = await RenewAloneAsync(second);
        Assert.NotEqual(serial, lone);
        Assert.Equal(serial, await first.SerialAsync());
        Assert.Contains("only this machine has it", (await second.Proxy.CommandAsync("show")).Output, StringComparison.Ordinal);
        // What a restart needs is in its own files.
        await second.Proxy.StopAsync();
        await second.StartAsync();
        Assert.Equal(lone, await second.SerialAsync());

        await fleet.Etcd.StartAgainAsync();
        await JoinedFleet.UntilServedAsync(first, lone);
        await JoinedFleet.UntilServedAsync(third, lone);
        Assert.Equal(lone, await second.SerialAsync());
        Assert.Equal(2, AcmeProxy.Orders(fleet.Pebble));
        await Polling.UntilAsync(
            () => !Directory.Exists(Path.Combine(second.Proxy.State, "acme", "alone")),
            Bound.Prompt,
            "what is shared is kept as this machine's own");
        await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", first.Proxy.Config);
        var renewed = await first.SerialAsync();
        Assert.NotEqual(lone, renewed);
        await JoinedFleet.UntilServedAsync(second, renewed);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_leaves_keeps_the_certificate_that_it_has_ordered_alone()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 1);
        var second = fleet.Machines[1];
        await StartAsync(fleet);
        await fleet.Etcd.KillAsync();
        var lone = await RenewAloneAsync(second);
        await second.Proxy.StopAsync();

        await FleetMachine.RunAsync("fleet", "leave", "--config", second.Proxy.Config);
        Assert.False(Directory.Exists(Path.Combine(second.Proxy.State, "acme", "alone")));
        await second.StartAsync();
        Assert.Equal(lone, await second.SerialAsync());
        var (code, _, errors) = await second.Proxy.CommandAsync("renew", "--alone");
        Assert.Equal(
            (1, "heliograph: This machine is in no fleet, so it orders alone anyway: --alone is not needed, leave it out.\n"),
            (code, errors));
        Assert.Equal(2, AcmeProxy.Orders(fleet.Pebble));
    }

    /// <returns>The serial number of the certificate that all serve.</returns>
    private static async Task<string> StartAsync(JoinedFleet fleet)
    {
        fleet.Gate.Open();
        await fleet.Machines[1].StartAsync();
        await fleet.Machines[1].Proxy.IssuedAsync();
        var serial = await fleet.Machines[1].SerialAsync();
        foreach (var machine in fleet.Machines.Where(machine => machine != fleet.Machines[1]))
        {
            await machine.StartAsync();
            await JoinedFleet.UntilServedAsync(machine, serial);
        }
        return serial;
    }

    private static async Task<string> RenewAloneAsync(FleetMachine machine)
    {
        var printed = await FleetMachine.RunAsync("certificate", "renew", "--alone", "--force", "--config", machine.Proxy.Config);
        Assert.StartsWith($"New certificate, on this machine only: {AcmeProxy.Name}, by ", printed, StringComparison.Ordinal);
        return await machine.SerialAsync();
    }
}
