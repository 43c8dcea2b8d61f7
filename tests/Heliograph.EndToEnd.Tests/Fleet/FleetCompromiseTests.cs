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
