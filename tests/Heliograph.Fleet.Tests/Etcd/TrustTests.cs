using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Orders;
using Heliograph.Fleet.Sealing;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Fleet.Tests.Etcd;

/// <summary>Whom the client trusts, and whom etcd does.</summary>
[Trait("Needs", "server")]
public sealed class TrustTests(SharedEtcd shared)
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_server_with_another_key_than_the_pinned_one_gets_nothing_and_its_key_is_named()
    {
        var wrong = new string('0', 64);
        using var client = new EtcdClient(SharedEtcd.OptionsFor(shared.Server) with { Pins = [wrong] });
        var failure = await Assert.ThrowsAsync<FleetException>(() => client.FindAsync("a", Bound.Token));
        Assert.Equal(FleetFailure.Unreachable, failure.Failure);
        Assert.Contains($"it shows another key than the pinned one: sha256 {shared.Server.Pin}", failure.Message, StringComparison.Ordinal);

        using var either = new EtcdClient(SharedEtcd.OptionsFor(shared.Server) with { Pins = [wrong, shared.Server.Pin] });
        Assert.Null(await either.FindAsync("a", Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_user_reaches_the_keys_of_its_role_and_no_others_and_signs_in_again_when_etcd_has_forgotten()
    {
        await using var server = await EtcdServer.StartAsync(isPlain: false, "--bcrypt-cost", "4");
        await server.ControlAsync("user", "add", "root:secret");
        await server.ControlAsync("user", "grant-role", "root", "root");
        await server.ControlAsync("role", "add", "fleet");
        await server.ControlAsync("role", "grant-permission", "--prefix=true", "fleet", "readwrite", "f1/");
        await server.ControlAsync("user", "add", "node:not told");
        await server.ControlAsync("user", "grant-role", "node", "fleet");
        await server.ControlAsync("auth", "enable");

        using var node = new EtcdClient(SharedEtcd.OptionsFor(server) with { User = "node", Password = "not told" });
        await PutAsync(node, "f1/a");
        Assert.NotNull(await node.FindAsync("f1/a", Bound.Token));
        var watch = new PrefixWatch(node, "f1/", TimeProvider.System).RunAsync(Bound.Token).GetAsyncEnumerator(Bound.Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Single(watch.Current.Whole!);
        var denied = await Assert.ThrowsAsync<FleetException>(() => node.FindAsync("f2/a", Bound.Token));
        Assert.Equal(FleetFailure.AccessDenied, denied.Failure);
        Assert.Contains("its role has to reach the fleet's keys", denied.Message, StringComparison.Ordinal);
        var other = new PrefixWatch(node, "f2/", TimeProvider.System).RunAsync(Bound.Token).GetAsyncEnumerator(Bound.Token);
        Assert.True(await other.MoveNextAsync());
        Assert.Equal(FleetFailure.AccessDenied, other.Current.Away?.Failure);

        using var stranger = new EtcdClient(SharedEtcd.OptionsFor(server) with { User = "node", Password = "guessed" });
        var unknown = await Assert.ThrowsAsync<FleetException>(() => stranger.FindAsync("f1/a", Bound.Token));
        Assert.Equal(FleetFailure.AccessDenied, unknown.Failure);
        Assert.Contains("does not know this user and password", unknown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", unknown.Message, StringComparison.Ordinal);
        using var nobody = new EtcdClient(SharedEtcd.OptionsFor(server));
        var unnamed = await Assert.ThrowsAsync<FleetException>(() => nobody.FindAsync("f1/a", Bound.Token));
        Assert.Contains("asks for a user and a password", unnamed.Message, StringComparison.Ordinal);

        // Tokens live in etcd's memory.
        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.NotNull(await node.FindAsync("f1/a", Bound.Token));
        while (await watch.MoveNextAsync() && watch.Current.Whole is null)
        {
            // Until it is there again, with a new token.
        }
        await PutAsync(node, "f1/b");
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("f1/b", Assert.Single(watch.Current.Events).Key);
        await watch.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_store_that_lost_its_users_with_everything_else_takes_the_machines_back_when_it_has_them_again()
    {
        await using var server = await EtcdServer.StartAsync();
        var key = FleetKey.Create();
        // A token from before is waited for in vain, as long as this.
        var open = SharedEtcd.OptionsFor(server) with { AnswerLimit = TimeSpan.FromSeconds(5) };
        await AddUsersAsync();
        using var client = new EtcdClient(open with { User = "vps1", Password = "of vps1" });
        var member = new FleetMember(client, key, "vps1", TimeProvider.System, NullLogger.Instance);
        var store = new DocumentStore(member, null);
        await using var running = new Running(store.RunAsync);
        await using var reporting = new Running(new NodeReports(member).RunAsync);
        await (await OrderLock.TryTakeAsync(member, "lock", Bound.Token))!.DisposeAsync();

        await server.KillAsync();
        server.Wipe();
        await server.StartAgainAsync();
        await Polling.UntilAsync(
            () => store.Away?.Message.Contains("run: heliograph fleet restore", StringComparison.Ordinal) is true,
            TimeSpan.FromSeconds(30),
            "nobody notices that the users are gone");
        await AddUsersAsync();
        await Polling.UntilAsync(() => store.Away is null, TimeSpan.FromSeconds(30), "the machine is not taken back");
        await (await OrderLock.TryTakeAsync(member, "lock", Bound.Token))!.DisposeAsync();

        async Task AddUsersAsync()
        {
            using (var first = new EtcdUsers(open))
                await first.EnableAsync("of root", Bound.Token);
            using var root = new EtcdUsers(open with { User = EtcdUsers.Root, Password = "of root" });
            await root.AddRoleAsync(key, Bound.Token);
            await root.AddMachineAsync(key, "vps1", "of vps1", Bound.Token);
            // Again, as after half of it had failed.
            await root.AddMachineAsync(key, "vps1", "of vps1", Bound.Token);
        }
    }

    [Theory]
    [InlineData("https://10.0.0.1:2379", "", "no key is pinned")]
    [InlineData("https://10.0.0.1:2379", "abc", "64 hexadecimal digits; \"abc\" is not")]
    [InlineData("http://10.0.0.1:2379", "", "without TLS; use https")]
    [InlineData("https://u:p@10.0.0.1:2379", "", "without a path and without a password")]
    public void Settings_that_cannot_work_are_refused_with_what_to_do(string endpoint, string pin, string message)
    {
        var options = new EtcdOptions { Endpoints = [new Uri(endpoint)], Pins = pin.Length == 0 ? [] : [pin] };
        var failure = Assert.Throws<FleetException>(() => new EtcdClient(options));
        Assert.Equal(FleetFailure.Configuration, failure.Failure);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_a_password_and_no_endpoint_are_refused()
    {
        var local = new EtcdOptions { Endpoints = [new Uri("http://127.0.0.1:2379")], User = "node" };
        var half = Assert.Throws<FleetException>(() => new EtcdClient(local));
        Assert.Contains("give both or neither", half.Message, StringComparison.Ordinal);
        var none = Assert.Throws<FleetException>(() => new EtcdClient(new EtcdOptions { Endpoints = [] }));
        Assert.Contains("name 1 to 16", none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", (local with { Password = "hidden" }).ToString(), StringComparison.Ordinal);
    }

    private static async Task PutAsync(EtcdClient client, string key) => await client.CommitAsync(
        new Transaction { Comparisons = [], Writes = [Write.Put(key, "1"u8.ToArray(), 0)] }, Bound.Token);
}
