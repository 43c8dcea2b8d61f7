using System.Threading.Channels;
using Heliograph.Fleet.Leases;
using Heliograph.Fleet.Restarts;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing;

namespace Heliograph.Fleet.Tests.Restarts;

/// <summary>Machines that are asked to restart, with a real etcd.</summary>
[Trait("Needs", "server")]
public sealed class RestartBoardTests(SharedEtcd shared) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly TestFleet fleet = new(shared.Server);

    public void Dispose() => fleet.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task One_machine_has_the_turn_until_its_next_process_gives_it_back()
    {
        var (asker, one, other) = (Board("asker"), Board("one"), Board("other"));
        await using var lease = await LeaseAsync();
        var (first, second) = (await AskAsync(asker, one, "one", "1", lease), await AskAsync(asker, other, "other", "2", lease));

        var (turn, _) = await one.TryTakeAsync(first, Life, Bound.Token);
        Assert.NotNull(turn);
        Assert.Equal(RestartState.Draining, (await asker.FindAsync("one", Bound.Token))?.State);
        Assert.Equal((null, true), await other.TryTakeAsync(second, Life, Bound.Token));
        await other.RefuseAsync(second, "not now", Bound.Token);
        Assert.Equal(("not now", RestartState.Refused), Said(await asker.FindAsync("other", Bound.Token)));

        // All that the next process has is what was in its file.
        await Board("one").EndAsync(turn, problem: null, Bound.Token);
        Assert.Equal((null, RestartState.Up), Said(await asker.FindAsync("one", Bound.Token)));
        Assert.NotNull((await other.TryTakeAsync(await AskAsync(asker, other, "other", "3", lease), Life, Bound.Token)).Turn);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_turn_of_a_machine_that_does_not_come_back_runs_out()
    {
        var (asker, one, other) = (Board("asker"), Board("one"), Board("other"));
        await using var lease = await LeaseAsync();
        Assert.NotNull((await one.TryTakeAsync(await AskAsync(asker, one, "one", "1", lease), TestFleet.ShortLife, Bound.Token)).Turn);
        var request = await AskAsync(asker, other, "other", "2", lease);
        await Polling.UntilAsync(
            async () => (await other.TryTakeAsync(request, Life, Bound.Token)).Turn is not null, Life, "the turn does not run out");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_request_ends_with_the_one_who_asks_and_nobody_restarts_for_it_then_nor_twice()
    {
        var (asker, one) = (Board("asker"), Board("one"));
        var lease = await LeaseAsync();
        var request = await AskAsync(asker, one, "one", "1", lease);
        await lease.DisposeAsync();
        Assert.Null(await asker.FindAsync("one", Bound.Token));
        Assert.Equal((null, false), await one.TryTakeAsync(request, Life, Bound.Token));

        await using var next = await LeaseAsync();
        var (turn, _) = await one.TryTakeAsync(await AskAsync(asker, one, "one", "2", next), Life, Bound.Token);
        await one.EndAsync(turn!, problem: null, Bound.Token);
        // What is there now is an answer. Only another request is one.
        var requests = Channel.CreateUnbounded<RestartRequest>();
        await using var running = new Running(stop => one.RunAsync(
            got =>
            {
                requests.Writer.TryWrite(got);
                return Task.CompletedTask;
            },
            stop));
        await asker.AskAsync("one", "3", next, Bound.Token);
        Assert.Equal("3", (await requests.Reader.ReadAsync(Bound.Token)).Note.Id);
    }

    private static (string? Problem, RestartState State) Said(RestartNote? note) => (note!.Problem, note.State);

    private RestartBoard Board(string machine) => new(fleet.Join(machine));

    private Task<KeptLease> LeaseAsync() => KeptLease.GrantAsync(fleet.Join("lease").Client, Life, TimeProvider.System, Bound.Token);

    private static async Task<RestartRequest> AskAsync(RestartBoard asker, RestartBoard asked, string node, string id, KeptLease lease)
    {
        var got = new TaskCompletionSource<RestartRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        await asker.AskAsync(node, id, lease, Bound.Token);
        await using var running = new Running(stop => asked.RunAsync(
            request =>
            {
                got.TrySetResult(request);
                return Task.CompletedTask;
            },
            stop));
        return await got.Task.WaitAsync(Bound.Token);
    }
}
