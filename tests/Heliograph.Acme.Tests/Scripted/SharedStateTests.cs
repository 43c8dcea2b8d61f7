using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>Several machines with one state: what each does while another orders, and when nothing can be shared.</summary>
public sealed class SharedStateTests : ScriptedTests
{
    private static readonly TimeSpan WaitBound = TimeSpan.FromSeconds(60);

    private readonly FakeFleet fleet = new();
    private readonly TaskCompletionSource<IssuedCertificate> used = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact(Timeout = Bound.Test)]
    public async Task While_the_state_is_away_nothing_is_ordered_and_it_is_asked_for_every_30_seconds()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        fleet.IsAway = true;
        await using var manager = Open(Options(ca), shared: fleet.Machine(), use: used.SetResult);
        manager.Start();
        await SleepsAsync(TimeSpan.FromSeconds(30));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await SleepsAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(ca.Requests);
        Assert.Contains("the fake fleet is away", Log.All, StringComparison.Ordinal);

        fleet.IsAway = false;
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([Name], (await used.Task.WaitAsync(WaitBound, Stop)).Names);
        Assert.Single(ca.Orders);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task While_another_machine_has_the_lock_nothing_is_ordered_and_it_looks_again_every_10_seconds()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var held = await fleet.Machine().LockAsync(Stop);
        await using var manager = Open(Options(ca), shared: fleet.Machine(), use: used.SetResult);
        manager.Start();
        await SleepsAsync(TimeSpan.FromSeconds(10));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await SleepsAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(ca.Requests);

        await held!.DisposeAsync();
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([Name], (await used.Task.WaitAsync(WaitBound, Stop)).Names);
        Assert.Single(ca.Orders);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_another_machine_has_stored_is_served_after_a_reload_and_no_authority_is_asked()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        await using var idle = Open(Options(ca), shared: fleet.Machine(), use: used.SetResult);
        await using var other = Open(Options(ca), shared: fleet.Machine());
        await idle.ReloadAsync(Stop);
        Assert.Null(idle.Current);
        await other.RenewIfDueAsync(Stop);
        var requests = ca.Requests.Values.Sum();

        await idle.ReloadAsync(Stop);
        Assert.Equal(Assert.Single(Used).SerialNumber, (await used.Task.WaitAsync(WaitBound, Stop)).SerialNumber);
        Assert.Equal(requests, ca.Requests.Values.Sum());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task If_another_machine_has_written_since_nothing_is_ordered()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        fleet.Writing = fleet.Touch;
        await using var manager = Open(Options(ca), shared: fleet.Machine());
        await manager.RenewIfDueAsync(Stop);
        Assert.Empty(ca.Requests);
        Assert.Equal(1, fleet.Writes(CertificateManager.CertificateDocument));
        // Nor does it count as a failure of the authority's.
        Assert.Equal(0, manager.Describe().Failures);

        fleet.Writing = static _ => { };
        await manager.RenewIfDueAsync(Stop);
        Assert.Single(Used);
    }

    /// <summary>Its order is remembered by then, so that the other machine needs none of its own.</summary>
    [Theory(Timeout = Bound.Test)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_machine_that_stalls_before_it_finalizes_is_overtaken_with_its_order_and_writes_nothing_over_it(bool isNoticed)
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ca.Script = async (part, _) =>
        {
            if (part == "finalize" && stalled.TrySetResult())
                await goOn.Task;
            return false;
        };
        var usedByFirst = new List<IssuedCertificate>();
        await using var first = Open(Options(ca), shared: fleet.Machine(), use: usedByFirst.Add);
        await using var second = Open(Options(ca), shared: fleet.Machine());
        var order = first.RenewIfDueAsync(Stop);
        await stalled.Task.WaitAsync(WaitBound, Stop);
        var busy = await Assert.ThrowsAsync<AcmeException>(() => second.RenewNowAsync(force: false, Stop));
        Assert.Equal(AcmeFailure.Superseded, busy.Failure);

        fleet.ExpireLock(isNoticed);
        if (isNoticed)
            await order.WaitAsync(WaitBound, Stop);
        Assert.True((await second.RenewNowAsync(force: false, Stop)).Renewed);
        var writes = fleet.Writes(CertificateManager.CertificateDocument);
        goOn.SetResult();
        await order.WaitAsync(WaitBound, Stop);
        await first.ReloadAsync(Stop);

        var serial = Assert.Single(Used).SerialNumber;
        Assert.Equal(serial, usedByFirst[^1].SerialNumber);
        // One that has not noticed has a certificate of its own for a moment.
        Assert.Equal(isNoticed ? 1 : 2, usedByFirst.Count);
        Assert.Equal(writes, fleet.Writes(CertificateManager.CertificateDocument));
        Assert.Single(ca.Orders);
        Assert.Equal(0, first.Describe().Failures);
        await first.RenewIfDueAsync(Stop);
        Assert.Single(ca.Orders);
        Assert.Equal(serial, first.Current!.SerialNumber);
    }

    /// <summary>Nobody has to wait for the back-off of an attempt of which nobody knows how it would have ended.</summary>
    [Fact(Timeout = Bound.Test)]
    public async Task The_successor_of_a_stalled_machine_goes_on_at_once_and_after_a_second_one_stalled_the_back_off_counts()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        var (stalls, goOn) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        TaskCompletionSource[] stalled =
        [
            new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously),
        ];
        ca.Script = async (part, _) =>
        {
            if (part == "order" && stalls < stalled.Length)
            {
                stalled[stalls++].SetResult();
                await goOn.Task;
            }
            return false;
        };
        await using var first = Open(Options(ca), shared: fleet.Machine());
        await using var second = Open(Options(ca), shared: fleet.Machine());
        await using var third = Open(Options(ca), shared: fleet.Machine());
        var order = first.RenewIfDueAsync(Stop);
        await stalled[0].Task.WaitAsync(WaitBound, Stop);
        // It is still at it: the others only look at the lock.
        await second.RenewIfDueAsync(Stop);
        Assert.Equal(1, ca.Count("order"));
        fleet.ExpireLock(isNoticed: false);
        var next = second.RenewIfDueAsync(Stop);
        await stalled[1].Task.WaitAsync(WaitBound, Stop);
        fleet.ExpireLock(isNoticed: false);
        await third.RenewIfDueAsync(Stop);
        Assert.Equal(2, ca.Count("order"));

        Clock.Advance(TimeSpan.FromMinutes(15));
        await third.RenewIfDueAsync(Stop);
        Assert.Equal(3, ca.Count("order"));
        var serial = Assert.Single(Used).SerialNumber;
        goOn.SetResult();
        await Task.WhenAll(order, next).WaitAsync(WaitBound, Stop);
        await second.ReloadAsync(Stop);
        Assert.Equal(serial, second.Current!.SerialNumber);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task After_a_failure_that_was_told_all_machines_wait_also_where_the_clock_is_five_minutes_behind()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = async (part, context) =>
        {
            if (part != "order")
                return false;
            await ScriptedCa.AnswerProblemAsync(context, 403, "rejectedIdentifier", "no");
            return true;
        };
        await using var first = Open(Options(ca), shared: fleet.Machine());
        await using var second = Open(Options(ca), shared: fleet.Machine());
        Clock.Jump(Start.AddMinutes(5));
        await first.RenewIfDueAsync(Stop);
        await second.RenewIfDueAsync(Stop);
        Assert.Equal(1, ca.Count("order"));
        Clock.Jump(Start);
        await second.RenewIfDueAsync(Stop);
        Assert.Equal(1, ca.Count("order"));
        // An hour is no difference between clocks that anybody would leave.
        Clock.Jump(Start.AddHours(-1));
        await second.RenewIfDueAsync(Stop);
        Assert.Equal(2, ca.Count("order"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_certificate_that_cannot_be_shared_is_served_here_and_shared_later_without_another_order()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        ca.Script = (part, _) =>
        {
            fleet.IsAway |= part == "certificate";
            return Task.FromResult(false);
        };
        await using var manager = Open(Options(ca), shared: fleet.Machine());
        await using var other = Open(Options(ca), shared: fleet.Machine(), use: used.SetResult);
        await manager.RenewIfDueAsync(Stop);
        var serial = Assert.Single(Used).SerialNumber;
        await manager.RenewIfDueAsync(Stop);
        await other.ReloadAsync(Stop);
        Assert.Null(other.Current);

        fleet.IsAway = false;
        await manager.RenewIfDueAsync(Stop);
        await other.ReloadAsync(Stop);
        Assert.Equal(serial, (await used.Task.WaitAsync(WaitBound, Stop)).SerialNumber);
        Assert.Single(ca.Orders);
    }

    /// <summary>The loop of a manager has looked, and waits for this long.</summary>
    private async Task SleepsAsync(TimeSpan time) => Assert.Equal(time, await Clock.NextTimerAsync(TimeSpan.FromHours(1), WaitBound));
}
