using System.Text;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>Several machines with the built program, a real etcd and a real Pebble.</summary>
public sealed class FleetTests
{
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(30);

    [Fact(Timeout = Bound.LongTest)]
    public async Task One_machine_orders_another_answers_the_challenge_and_all_serve_the_certificate()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var second = new FleetMachine("vps2");
        await using var third = new FleetMachine("vps3");
        // The authority asks the second machine, whoever orders.
        await using var gate = new Gate(second.Proxy.Tls);
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble with { TlsPort = gate.Port });
        foreach (var machine in new[] { first, second, third })
            machine.Configure(pebble);
        await first.InitAsync(etcd);
        await second.JoinAsync(first);
        await third.JoinAsync(first);

        await first.StartAsync();
        await gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        // This one starts while the order is under way, and answers for the one that orders.
        await second.StartAsync();
        await Polling.UntilAsync(() => ServesValidationAsync(second), Shared, "the second machine does not answer the challenge");
        using (var ordinary = await second.Proxy.SeenAsync())
            Assert.Equal("CN=Throw-away CA", ordinary.Issuer);
        gate.Open();
        await first.Proxy.IssuedAsync();
        var serial = await first.SerialAsync();
        await UntilServedAsync(second, serial);
        // It has everything from its first moment.
        await third.StartAsync();
        await UntilServedAsync(third, serial);
        await third.Proxy.TrustedAsync(pebble);
        Assert.Equal(1, AcmeProxy.Orders(pebble));
        Assert.False(await ServesValidationAsync(second));

        using var status = JsonDocument.Parse(await FleetMachine.RunAsync("status", "--fleet", "--json", "--config", second.Proxy.Config));
        Assert.Equal("vps2", status.RootElement.GetProperty("node").GetString());
        Assert.Equal(
            ["vps1", "vps2", "vps3"],
            status.RootElement.GetProperty("machines").EnumerateArray().Select(static one => one.GetProperty("name").GetString()!));
        var table = await FleetMachine.RunAsync("status", "--fleet", "--config", third.Proxy.Config);
        Assert.Contains("3 of 3 machines are up. This one is vps3.", table, StringComparison.Ordinal);
        await AssertWatchedAsync(third);
        await AssertNothingReadableAsync(etcd, serial);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_etcd_is_away_all_serve_what_they_have_and_none_orders_and_an_empty_one_is_filled_again()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var second = new FleetMachine("vps2");
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble);
        first.Configure(pebble);
        second.Configure(pebble);
        await first.InitAsync(etcd);
        await second.JoinAsync(first);
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        await second.StartAsync();
        var serial = await first.SerialAsync();
        await UntilServedAsync(second, serial);

        await etcd.KillAsync();
        await second.Proxy.StopAsync();
        await second.StartAsync();
        Assert.Equal(serial, await second.SerialAsync());
        await Polling.UntilAsync(() => second.WarnsAsync("fleet_away"), Shared, "status does not say that etcd is away");
        var (code, _, errors) = await FleetMachine.TryAsync("certificate", "renew", "--force", "--config", second.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Contains("etcd cannot be reached", errors, StringComparison.Ordinal);
        Assert.Contains("No certificate is ordered while the fleet cannot be asked.", errors, StringComparison.Ordinal);
        Assert.Equal(1, AcmeProxy.Orders(pebble));

        etcd.Wipe();
        await etcd.StartAgainAsync();
        await Polling.UntilAsync(
            async () => (await second.StatusAsync()).Contains("heliograph fleet restore", StringComparison.Ordinal),
            Shared,
            "status does not say how etcd gets its users again");
        Assert.Equal(
            "etcd knows 2 machines of the fleet.\n", await FleetMachine.RunAsync("fleet", "restore", "--config", first.Proxy.Config));
        await Polling.UntilAsync(async () => !await second.WarnsAsync("fleet_away"), Shared, "status does not say that etcd is back");
        await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", first.Proxy.Config);
        var renewed = await first.SerialAsync();
        Assert.NotEqual(serial, renewed);
        await UntilServedAsync(second, renewed);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task When_one_of_three_members_of_etcd_is_lost_a_certificate_is_renewed_and_served_everywhere_as_before()
    {
        var members = await EtcdServer.StartClusterAsync(3);
        try
        {
            await using var first = new FleetMachine("vps1");
            await using var second = new FleetMachine("vps2");
            await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble);
            first.Configure(pebble);
            second.Configure(pebble);
            await first.InitAsync([.. members]);
            await second.JoinAsync(first);
            await first.StartAsync();
            await first.Proxy.IssuedAsync();
            await second.StartAsync();
            var serial = await first.SerialAsync();
            await UntilServedAsync(second, serial);

            await members[0].KillAsync();
            // An election may be on.
            await Polling.UntilAsync(
                async () => (await FleetMachine.TryAsync("certificate", "renew", "--force", "--config", first.Proxy.Config)).ExitCode == 0,
                Shared,
                "with two of three members no certificate is renewed");
            var renewed = await first.SerialAsync();
            Assert.NotEqual(serial, renewed);
            await UntilServedAsync(second, renewed);
            foreach (var machine in new[] { first, second })
                await Polling.UntilAsync(
                    async () => !await machine.WarnsAsync("fleet_away"), Shared, $"{machine.Name} does not reach the other members");
        }
        finally
        {
            foreach (var member in members)
                await member.DisposeAsync();
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_with_a_certificate_brings_it_into_the_fleet_and_another_that_leaves_is_alone_again()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var second = new FleetMachine("vps2");
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble);
        first.Configure(pebble);
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        var serial = await first.SerialAsync();
        await first.Proxy.StopAsync();

        await first.InitAsync(etcd);
        second.Configure(pebble);
        await second.JoinAsync(first);
        await second.StartAsync();
        Assert.Equal(serial, await second.SerialAsync());
        Assert.Equal(1, AcmeProxy.Orders(pebble));
        await second.Proxy.StopAsync();
        await FleetMachine.RunAsync("fleet", "leave", "--config", second.Proxy.Config);
        var (code, _, errors) = await FleetMachine.TryAsync("status", "--fleet", "--config", second.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Contains("this machine is in no fleet", errors, StringComparison.Ordinal);
        // What was the fleet's is its own now, the account too.
        await second.StartAsync();
        Assert.Equal(serial, await second.SerialAsync());
        Assert.Equal(1, AcmeProxy.Orders(pebble));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(second.Proxy.State, "acme"), "account-*.json"));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_is_removed_gets_nothing_new_and_the_others_go_on_under_a_new_key()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var removed = new FleetMachine("vps2");
        await using var third = new FleetMachine("vps3");
        await using var sleeping = new FleetMachine("vps4");
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble);
        FleetMachine[] all = [first, removed, third, sleeping];
        foreach (var machine in all)
            machine.Configure(pebble);
        await first.InitAsync(etcd);
        foreach (var machine in all[1..])
            await machine.JoinAsync(first);
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        var serial = await first.SerialAsync();
        foreach (var machine in all[1..])
        {
            await machine.StartAsync();
            await UntilServedAsync(machine, serial);
        }
        await sleeping.Proxy.StopAsync();

        var output = await FleetMachine.RunAsync("fleet", "remove", "vps2", "--config", first.Proxy.Config);
        Assert.StartsWith("vps2 is shut out, and the fleet has a new key.\nvps2 still has the key", output, StringComparison.Ordinal);
        Assert.Contains(
            "2 of 3 machines are up.",
            await FleetMachine.RunAsync("status", "--fleet", "--config", third.Proxy.Config),
            StringComparison.Ordinal);
        var (code, _, errors) = await FleetMachine.TryAsync("status", "--fleet", "--config", removed.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Contains("was this machine removed from the fleet?", errors, StringComparison.Ordinal);

        await FleetMachine.RunAsync("certificate", "renew", "--force", "--config", third.Proxy.Config);
        var renewed = await third.SerialAsync();
        Assert.NotEqual(serial, renewed);
        await UntilServedAsync(first, renewed);
        Assert.Equal(serial, await removed.SerialAsync());
        // It was down, and learns of the key and of the certificate when it comes back.
        await sleeping.StartAsync();
        await UntilServedAsync(sleeping, renewed);
        // And the copies are under the new key.
        await etcd.KillAsync();
        await sleeping.Proxy.StopAsync();
        await sleeping.StartAsync();
        Assert.Equal(renewed, await sleeping.SerialAsync());
        await removed.Proxy.StopAsync();
        await removed.StartAsync();
        Assert.Equal(serial, await removed.SerialAsync());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task After_another_name_was_configured_the_certificate_of_before_is_served_until_there_is_one_for_all_names()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var gate = new Gate(first.Proxy.Tls);
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble with { TlsPort = gate.Port });
        gate.Open();
        first.Configure(pebble);
        await first.InitAsync(etcd);
        await first.StartAsync();
        await first.Proxy.IssuedAsync();
        var serial = await first.SerialAsync();
        await first.Proxy.StopAsync();

        // The authority does not answer: there is no certificate for both names yet.
        pebble.Freeze();
        first.Proxy.Configure(pebble, "challenges: [tls-alpn-01]", $"{AcmeProxy.Name}, other.heliograph.test");
        await first.StartAsync();
        Assert.Equal(serial, await first.SerialAsync());
        pebble.Thaw();
        await Polling.UntilAsync(
            async () => await first.SerialAsync() != serial, AcmeProxy.Issued, "no certificate is ordered for both names");
        await first.Proxy.TrustedAsync(pebble, "other.heliograph.test");
    }

    private static async Task<bool> ServesValidationAsync(FleetMachine machine)
    {
        try
        {
            using var seen = await machine.Proxy.SeenAsync(AcmeProxy.Name, "acme-tls/1");
            return seen.Subject == "CN=ACME validation";
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            // Nothing to validate: the protocol is refused.
            return false;
        }
    }

    private static async Task AssertWatchedAsync(FleetMachine machine)
    {
        string[] arguments = ["status", "--fleet", "--watch", "--interval", "2s", "--config", machine.Proxy.Config];
        await using var text = ChildProcess.Start(HeliographProcess.Program, arguments);
        await using var json = ChildProcess.Start(HeliographProcess.Program, [.. arguments, "--json"]);
        await Polling.UntilAsync(() => text.Output.Split("3 of 3 machines are up.").Length > 2, Shared, "no second view appeared");
        await Polling.UntilAsync(() => json.Output.Count(static letter => letter == '\n') > 1, Shared, "no second object appeared");
        text.Signal(Processes.SIGINT);
        json.Signal(Processes.SIGINT);
        Assert.Equal((0, 0), (await text.WaitForExitAsync(Shared), await json.WaitForExitAsync(Shared)));
        foreach (var line in json.Output.TrimEnd('\n').Split('\n'))
            JsonDocument.Parse(line).Dispose();
    }

    private static Task UntilServedAsync(FleetMachine machine, string serial) => Polling.UntilAsync(
        async () => await machine.SerialAsync() == serial, Shared, $"{machine.Name} does not serve the shared certificate");

    /// <summary>Of what is shared, etcd's files have nothing that could be read.</summary>
    private static async Task AssertNothingReadableAsync(EtcdServer etcd, string serial)
    {
        // It keeps a lock on its files.
        await etcd.KillAsync();
        var looked = 0;
        foreach (var path in Directory.EnumerateFiles(etcd.DataDirectory, "*", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
            foreach (var secret in new[] { AcmeProxy.Name, "PRIVATE KEY", "BEGIN CERTIFICATE", "http-01", "tls-alpn-01", serial })
                Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            looked++;
        }
        Assert.True(looked > 0, "etcd has no files");
    }
}
