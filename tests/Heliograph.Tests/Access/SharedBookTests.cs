using Heliograph.Access;
using Heliograph.Control;
using Heliograph.Fleet.Sealing;
using Heliograph.Platform;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Tests.Access;

/// <summary>The groups that several machines share, beside a real etcd.</summary>
[Trait("Needs", "server")]
public sealed class SharedBookTests : IAsyncLifetime
{
    private readonly FleetKey key = FleetKey.Create();
    private EtcdServer etcd = null!;
    private SharedMachine first = null!;
    private SharedMachine second = null!;

    public async ValueTask InitializeAsync()
    {
        etcd = await EtcdServer.StartAsync();
        (first, second) = (SharedMachine.Start(etcd, key, "vps1"), SharedMachine.Start(etcd, key, "vps2"));
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await etcd.DisposeAsync();
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Machines_that_make_groups_at_the_same_time_keep_all_of_them()
    {
        const int each = 4;
        var made = await Task.WhenAll(MakeAsync(first, "a"), MakeAsync(second, "b"));
        foreach (var machine in new[] { first, second })
        {
            await machine.UntilAsync(static one => one.Names.Count == 2 * each);
            Assert.All(made.SelectMany(static names => names), name => Assert.NotNull(machine.Table!.Find(name)));
        }

        static async Task<List<string>> MakeAsync(SharedMachine machine, string prefix)
        {
            var names = new List<string>();
            for (var number = 0; number < each; number++)
                names.Add(await machine.NewAsync($"{prefix}{number}"));
            return names;
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_group_is_rotated_and_revoked_from_any_machine_and_each_knows_its_own_days_of_use()
    {
        var old = await first.NewAsync("family");
        var rotated = await second.RunAsync(AccessCommands.Rotate, "family");
        var latest = Assert.Single(rotated.Groups!).Current!.Host;
        await first.UntilAsync(one => one.Table!.Find(latest) is not null);
        Assert.NotNull(first.Table!.Find(old));
        first.Table!.Find(old)!.CountRelayed();
        Assert.NotNull(Assert.Single(first.Keeper.Report()).LastUsed);
        Assert.Null(Assert.Single(second.Keeper.Report()).LastUsed);
        var again = await second.RunAsync(AccessCommands.New, "family");
        Assert.StartsWith("there is a group family already", again.Message, StringComparison.Ordinal);

        var revoked = await second.RunAsync(AccessCommands.Revoke, "family");
        Assert.Equal("The links of family no longer work, and their connections end.", revoked.Message);
        await first.UntilAsync(one => one.Table!.Find(old) is null && one.Table!.Find(latest) is null);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_etcd_is_away_a_link_is_revoked_here_at_once_and_everywhere_when_it_is_back_and_none_is_made()
    {
        var (family, friends) = (await first.NewAsync("family"), await first.NewAsync("friends"));
        await second.UntilAsync(one => one.Table!.Find(friends) is not null);
        await etcd.KillAsync();

        foreach (var command in new[] { AccessCommands.New, AccessCommands.Rotate })
        {
            var refused = await second.RunAsync(command, command == AccessCommands.New ? "club" : "friends");
            Assert.False(refused.Ok);
            Assert.Contains("etcd cannot be reached", refused.Message, StringComparison.Ordinal);
            Assert.EndsWith(SharedBook.Remedy, refused.Message, StringComparison.Ordinal);
        }
        var revoked = await second.RunAsync(AccessCommands.Revoke, "family");
        Assert.True(revoked.Ok);
        Assert.StartsWith("The links of family no longer work on this machine", revoked.Message, StringComparison.Ordinal);
        Assert.Null(second.Table!.Find(family));
        Assert.NotNull(first.Table!.Find(family));
        await second.StartAgainAsync();
        Assert.Null(second.Table!.Find(family));
        Assert.NotNull(second.Table!.Find(friends));

        await etcd.StartAgainAsync();
        await first.UntilAsync(one => one.Table!.Find(family) is null);
        Assert.NotNull(first.Table!.Find(friends));
        // The name of the group is free again, for another link.
        var anew = await second.NewAsync("family");
        await first.UntilAsync(one => one.Table!.Find(anew) is not null);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_another_machine_stalls_in_a_change_none_is_made_but_a_link_is_revoked_here_at_once_and_everywhere_afterwards()
    {
        var friends = await first.NewAsync("friends");
        await second.UntilAsync(one => one.Table!.Find(friends) is not null);
        await using (await first.LockAsync())
        {
            var refused = await second.RunAsync(AccessCommands.New, "family");
            Assert.StartsWith("Another machine of the fleet changes the groups just now.", refused.Message, StringComparison.Ordinal);
            var revoked = await second.RunAsync(AccessCommands.Revoke, "friends");
            Assert.Contains("Another machine of the fleet changes the groups just now.", revoked.Message, StringComparison.Ordinal);
            Assert.Null(second.Table!.Find(friends));
            Assert.NotNull(first.Table!.Find(friends));
        }
        await first.UntilAsync(one => one.Table!.Find(friends) is null);
        await second.NewAsync("family");
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_kill_at_any_step_of_a_command_loses_no_link_and_brings_none_back()
    {
        var told = new List<string> { await first.NewAsync("family") };
        await second.UntilAsync(static one => one.Names.Count == 1);
        foreach (var step in Enum.GetValues<WriteStep>())
        {
            await KilledAsync(AccessCommands.Rotate, "family", step);
            await second.StartAgainAsync();
            Assert.All(told, name => Assert.NotNull(second.Table!.Find(name)));
            told.Add((await second.RunAsync(AccessCommands.Rotate, "family")).Groups![0].Current!.Host);
            var group = $"g{(int)step}";
            var leaked = await second.NewAsync(group);
            // It was kept in the last step, and in none before.
            await KilledAsync(AccessCommands.Revoke, group, step);
            await second.StartAgainAsync();
            Assert.Equal(step == WriteStep.Sync, second.Table!.Find(leaked) is null);
            if (step == WriteStep.Sync)
                await first.UntilAsync(one => one.Table!.Find(leaked) is null);
        }
        await first.UntilAsync(one => told.TrueForAll(name => one.Table!.Find(name) is not null));

        Task KilledAsync(string command, string group, WriteStep step) => Assert.ThrowsAsync<OperationCanceledException>(
            () => second.RunStoredAsync(command, group, reached =>
            {
                if (reached == step)
                    throw new OperationCanceledException("killed");
            }));
    }
}
