namespace Heliograph.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in the order of their times.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock sync = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now;
    private TaskCompletionSource timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ManualTimeProvider(DateTimeOffset start)
    {
        now = start;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (sync)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forwards.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset target;
        lock (sync)
            target = now + by;
        while (TakeNext(target) is { } due)
            due.Fire();
        lock (sync)
            now = target > now ? target : now;
    }

    /// <summary>Sets the clock as an operator or a time server does: to any instant, without affecting timers.</summary>
    public void Jump(DateTimeOffset to)
    {
        lock (sync)
            now = to;
    }

    /// <summary>Completes when somebody waits for this clock with a timer of at least this length.</summary>
    public async Task WaitForTimerAsync(TimeSpan atLeast, TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (timers.Exists(timer => timer.Due - now >= atLeast))
                    return;
                next = timerSet.Task;
            }
            await next.WaitAsync(timeout.Token);
        }
    }

    /// <summary>Completes when somebody waits for this clock no longer than this.</summary>
    /// <returns>How long the clock has to go on until the first of them has waited enough.</returns>
    public async Task<TimeSpan> NextTimerAsync(TimeSpan atMost, TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (timers.Where(timer => timer.Due - now <= atMost).MinBy(static timer => timer.Due) is { } first)
                    return first.Due > now ? first.Due - now : TimeSpan.Zero;
                next = timerSet.Task;
            }
            await next.WaitAsync(timeout.Token);
        }
    }

    private ManualTimer? TakeNext(DateTimeOffset until)
    {
        lock (sync)
        {
            var next = timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
            if (next is null)
                return null;
            if (next.Due > now)
                now = next.Due;
            next.Rearm();
            if (next.Due == DateTimeOffset.MaxValue)
                timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider timeProvider, Action fire) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public void Fire() => fire();

        public void Rearm() => Due = period > TimeSpan.Zero ? Due + period : DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            TaskCompletionSource set;
            lock (timeProvider.sync)
            {
                this.period = period;
                timeProvider.timers.Remove(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : timeProvider.now + dueTime;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    timeProvider.timers.Add(this);
                set = timeProvider.timerSet;
                timeProvider.timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            set.SetResult();
            return true;
        }

        public void Dispose()
        {
            lock (timeProvider.sync)
                timeProvider.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
