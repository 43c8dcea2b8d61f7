using System.Text.Json.Nodes;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary><c>heliograph fleet remove --compromised</c>: what the machine knew is worth nothing any more.</summary>
[Trait("Needs", "server")]
public sealed class FleetCompromiseTests
{
    [Theory(Timeout = Bound.LongTest)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_others_get_a_new_certificate_the_old_one_is_revoked_and_the_account_has_a_new_key(bool runsHere)
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 3, asked: 1);
        var (first, second, lost) = (fleet.Machines[0], fleet.Machines[1], fleet.Machines[2]);
        fleet.Gate.Open();
        await second.StartAsync();
        await second.Proxy.IssuedAsync();
        var serial = await second.SerialAsync();
        foreach (var machine in new[] { first, lost })
        {
            await machine.StartAsync();
            await JoinedFleet.UntilServedAsync(machine, serial);
        }
        if (!runsHere)
            await first.Proxy.StopAsync();

        var printed = await FleetMachine.RunAsync("fleet", "remove", "vps3", "--compromised", "--config", first.Proxy.Config);
        if (runsHere)
        {
            Assert.EndsWith(
                "The account has a new key, the certificate is replaced, and the one of before is revoked.\n",
                printed,
                StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(
                "No server runs here; a machine that is up does the rest within ten minutes.", printed, StringComparison.Ordinal);
            await FleetMachine.RunAsync("certificate", "renew", "--config", second.Proxy.Config);
        }

        Assert.Equal("Revoked", await fleet.Pebble.StatusAsync(serial));
        var renewed = await second.SerialAsync();
        if (runsHere)
        {
            renewed = await first.SerialAsync();
            await JoinedFleet.UntilServedAsync(second, renewed);
        }
        Assert.NotEqual(serial, renewed);
        Assert.Equal("Valid", await fleet.Pebble.StatusAsync(renewed));
        Assert.Equal(2, AcmeProxy.Orders(fleet.Pebble));
        // It has what it had, which nobody trusts any more.
        Assert.Equal(serial, await lost.SerialAsync());
        var orderer = runsHere ? first : second;
        Assert.Contains(
            " has a new key, because somebody else may have the one of before.",
            orderer.Proxy.Program.AllOutput,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_certificate_of_names_that_no_machine_has_any_more_is_revoked_too()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 0);
        var first = fleet.Machines[0];
        fleet.Gate.Open();
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        var earlier = await first.SerialAsync();
        await first.Proxy.StopAsync();
        first.Proxy.Configure(
            fleet.Pebble, $"challenges: [{JoinedFleet.TlsAlpn}]", domains: $"{AcmeProxy.Name}, more.heliograph.test");
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        var serial = await first.SerialAsync();
        await Polling.UntilAsync(
            async () => (await FleetMachine.RunAsync("status", "--fleet", "--json", "--config", first.Proxy.Config))
                .Contains(serial, StringComparison.OrdinalIgnoreCase),
            TimeSpan.FromSeconds(60),
            "the machine does not report the certificate that it serves");

        var printed = await FleetMachine.RunAsync("fleet", "remove", "vps2", "--compromised", "--config", first.Proxy.Config);
        Assert.EndsWith(
            $"The certificate for {AcmeProxy.Name}, which no machine that is up serves, is revoked.\n" +
            "The account has a new key, the certificate is replaced, and the one of before is revoked.\n",
            printed,
            StringComparison.Ordinal);
        Assert.Equal("Revoked", await fleet.Pebble.StatusAsync(earlier));
        Assert.Equal("Revoked", await fleet.Pebble.StatusAsync(serial));
        Assert.Equal("Valid", await fleet.Pebble.StatusAsync(await first.SerialAsync()));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_removal_that_was_interrupted_before_the_key_was_changed_is_done_by_the_same_command()
    {
        await using var fleet = await JoinedFleet.MakeAsync(machines: 2, asked: 0);
        var config = fleet.Machines[0].Proxy.Config;
        var path = Path.Combine(fleet.Machines[0].Proxy.State, "fleet", "administrator.json");
        var administrator = JsonNode.Parse(await File.ReadAllBytesAsync(path, Bound.Token))!;
        administrator["machines"]!.AsArray().RemoveAll(static machine => (string?)machine!["name"] == "vps2");
        await File.WriteAllTextAsync(path, administrator.ToJsonString(), Bound.Token);
        Assert.StartsWith(
            "vps2 is shut out, and the fleet has a new key.\n",
            await FleetMachine.RunAsync("fleet", "remove", "vps2", "--config", config),
            StringComparison.Ordinal);
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "remove", "vps2", "--config", config);
        Assert.Equal(
            (1,
                "heliograph: vps2 was not invited, or is shut out already; these are in the fleet: vps1. If an earlier fleet remove was " +
                "interrupted, heliograph fleet restore gives all of them the new key\n"),
            (code, errors));
        Assert.Equal("etcd knows 1 machine of the fleet.\n", await FleetMachine.RunAsync("fleet", "restore", "--config", config));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_single_machine_gives_its_account_another_key_with_a_server_and_without()
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await Heliograph.Testing.Pebble.PebbleServer.StartAsync(proxy.Pebble);
        Directory.CreateDirectory(proxy.State);
        proxy.Configure(pebble, "challenges: [tls-alpn-01]");
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        var first = AccountOf(proxy);
        var (code, printed, errors) = await proxy.CommandAsync("roll-account-key");
        Assert.True(code == 0, errors);
        Assert.Equal("The account has a new key; whoever has the old one can do nothing with it any more.\n", printed);
        var second = AccountOf(proxy);
        Assert.NotEqual(first, second);
        await proxy.StopAsync();
        (code, _, errors) = await proxy.CommandAsync("roll-account-key");
        Assert.True(code == 0, errors);
        Assert.NotEqual(second, AccountOf(proxy));
    }

    private static string AccountOf(AcmeProxy proxy) =>
        File.ReadAllText(Directory.GetFiles(Path.Combine(proxy.State, "acme"), "account-*.json").Single());
}
