using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Orders;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests.Orders;

/// <summary>A machine that stalls has a clock that stands still: it keeps nothing alive, and does not know how late it is.</summary>
[Trait("Needs", "server")]
public sealed class OrderLockTests(SharedEtcd shared) : IDisposable
{
    private const string Name = "signal.example.org";

    private static readonly TimeSpan TakeBound = TimeSpan.FromSeconds(60);

    private readonly TestFleet fleet = new(shared.Server);

    [Fact(Timeout = Bound.Test)]
    public async Task One_machine_has_it_until_it_gives_it_back()
    {
        var one = fleet.Join("one");
        var other = fleet.Join("other");
        var held = await OrderLock.TryTakeAsync(one, Name, Bound.Token);
        Assert.NotNull(held);
        Assert.True(await held.IsHeldAsync(Bound.Token));
        Assert.Null(await OrderLock.TryTakeAsync(other, Name, Bound.Token));
        await using var elsewhere = await OrderLock.TryTakeAsync(other, "other.example.org", Bound.Token);
        Assert.NotNull(elsewhere);

        await held.DisposeAsync();
        Assert.True(held.Lost.IsCancellationRequested);
        await using var next = await OrderLock.TryTakeAsync(other, Name, Bound.Token);
        Assert.NotNull(next);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_a_stalled_holder_writes_after_another_took_over_is_refused()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var stalled = fleet.Join("stalled", clock);
        var store = new DocumentStore(stalled, null);
        await using var held = await OrderLock.TryTakeAsync(stalled, Name, TestFleet.ShortLife, Bound.Token);
        Assert.Equal(SaveOutcome.Saved, await store.SaveAsync(Document(1), held, Bound.Token));

        var successor = fleet.Join("successor");
        await using var taken = await TakeAsync(successor);
        // It believes that it has it, and its document is the newest: only the lock is another's.
        Assert.False(held!.Lost.IsCancellationRequested);
        Assert.False(await held.IsHeldAsync(Bound.Token));
        Assert.Equal(SaveOutcome.LockLost, await store.SaveAsync(Document(2), held, Bound.Token));

        var next = new DocumentStore(successor, null);
        Assert.Equal(SaveOutcome.Conflict, await next.SaveAsync(Document(2), taken, Bound.Token));
        Assert.Equal(1, next.Find(Name)?.Generation);
        Assert.Equal(SaveOutcome.Saved, await next.SaveAsync(Document(2), taken, Bound.Token));
        Assert.Equal(SaveOutcome.LockLost, await store.SaveAsync(Document(3), held, Bound.Token));
        Assert.Equal(2, store.Find(Name)?.Generation);

        var lost = new TaskCompletionSource();
        await using var registered = held.Lost.Register(lost.SetResult);
        clock.Advance(TestFleet.ShortLife);
        await lost.Task.WaitAsync(Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_lock_that_nobody_else_took_is_lost_too_when_its_lease_is_over()
    {
        var stalled = fleet.Join("stalled", new ManualTimeProvider(DateTimeOffset.UnixEpoch));
        var store = new DocumentStore(stalled, null);
        await using var held = await OrderLock.TryTakeAsync(stalled, Name, TestFleet.ShortLife, Bound.Token);
        await Polling.UntilAsync(async () => !await held!.IsHeldAsync(Bound.Token), TakeBound, "the lease does not end");
        Assert.Equal(SaveOutcome.LockLost, await store.SaveAsync(Document(1), held, Bound.Token));
        Assert.Null(store.Find(Name));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_holder_that_lives_keeps_it_for_longer_than_its_lease()
    {
        await using var held = await OrderLock.TryTakeAsync(fleet.Join("one"), Name, TestFleet.ShortLife, Bound.Token);
        var clock = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        // Two leases of the same length, one after the other, run out meanwhile.
        for (var round = 0; round < 2; round++)
        {
            await using var stalled =
                await OrderLock.TryTakeAsync(fleet.Join("stalled", clock), $"round {round}", TestFleet.ShortLife, Bound.Token);
            await Polling.UntilAsync(async () => !await stalled!.IsHeldAsync(Bound.Token), TakeBound, "the lease does not end");
        }
        Assert.False(held!.Lost.IsCancellationRequested);
        Assert.True(await held.IsHeldAsync(Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_holder_is_told_when_etcd_can_no_longer_be_asked()
    {
        await using var server = await EtcdServer.StartAsync();
        using var own = new TestFleet(server);
        await using var held = await OrderLock.TryTakeAsync(own.Join("one"), Name, TestFleet.ShortLife, Bound.Token);
        var lost = new TaskCompletionSource();
        await using var registered = held!.Lost.Register(lost.SetResult);
        await server.KillAsync();
        await lost.Task.WaitAsync(Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task After_the_store_lost_its_data_a_lock_with_the_same_number_is_not_taken_for_the_old_one()
    {
        await using var server = await EtcdServer.StartAsync();
        using var own = new TestFleet(server);
        var stalled = own.Join("stalled", new ManualTimeProvider(DateTimeOffset.UnixEpoch));
        var store = new DocumentStore(stalled, null);
        await using var held = await OrderLock.TryTakeAsync(stalled, Name, Bound.Token);
        await server.KillAsync();
        server.Wipe();
        await server.StartAgainAsync();
        var successor = own.Join("successor");
        await using var taken = await OrderLock.TryTakeAsync(successor, Name, Bound.Token);
        Assert.Equal(held!.Guard[0], taken!.Guard[0]);
        Assert.False(await held.IsHeldAsync(Bound.Token));
        Assert.Equal(SaveOutcome.LockLost, await store.SaveAsync(Document(1), held, Bound.Token));
        Assert.Equal(SaveOutcome.Saved, await new DocumentStore(successor, null).SaveAsync(Document(1), taken, Bound.Token));
    }

    public void Dispose() => fleet.Dispose();

    private static async Task<OrderLock> TakeAsync(FleetMember member)
    {
        OrderLock? taken = null;
        await Polling.UntilAsync(
            async () => (taken = await OrderLock.TryTakeAsync(member, Name, Bound.Token)) is not null, TakeBound, "the lease does not end");
        return taken!;
    }

    private static FleetDocument Document(long generation) => new(Name, generation, "a certificate"u8.ToArray());
}
