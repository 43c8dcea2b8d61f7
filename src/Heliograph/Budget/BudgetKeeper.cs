using System.Globalization;
using Heliograph.Platform;
using Heliograph.Configuration;
using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Budget;

/// <summary>Holds the relay to <c>limits.monthly_bytes</c>: looks each second at what has passed, tells at 80 % and at the end, and does what was configured.</summary>
internal sealed class BudgetKeeper : IAsyncDisposable
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>A crash forgets no more than this.</summary>
    public static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    private const int LowPercent = 80;

    private readonly BudgetSettings settings;
    private readonly Func<long> sinceStart;
    private readonly Action<long, bool> apply;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly BudgetFile file;
    private readonly MonthlyBudget budget;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private BudgetState state;
    private BudgetMonth saved;
    private long savedAt;
    private long counted;
    private string? problem;

    /// <param name="settings">With a budget.</param>
    /// <param name="stateDirectory">Where it is kept; held by this process.</param>
    /// <param name="sinceStart">Bytes that have passed since the program started: see <see cref="Passed"/>.</param>
    /// <param name="apply">Told, again and again, how slow to be (0: no slower), and whether to relay nothing.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Told when the budget is low or spent.</param>
    public BudgetKeeper(BudgetSettings settings, string stateDirectory, Func<long> sinceStart, Action<long, bool> apply, TimeProvider timeProvider, ILogger logger)
    {
        this.settings = settings;
        this.sinceStart = sinceStart;
        this.apply = apply;
        this.timeProvider = timeProvider;
        this.logger = logger;
        file = new BudgetFile(stateDirectory, timeProvider, logger);
        budget = Restore();
        saved = budget.Current;
        savedAt = timeProvider.GetTimestamp();
        Look();
        timer = timeProvider.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>
    /// What the machine's interface has carried: what is relayed goes in and out, so that it counts twice; a visitor's bytes end on this machine. Headers of
    /// TCP and records of TLS are not seen here.
    /// </summary>
    public static long Passed(RelayStatistics statistics) => (2 * (statistics.BytesUp + statistics.BytesDown)) + statistics.BytesVisited;

    /// <summary>The month up to now.</summary>
    public BudgetReport Read()
    {
        lock (gate)
        {
            Count();
            return new()
            {
                MonthlyBytes = settings.MonthlyBytes,
                UsedBytes = RoundedCount.UpBytes(budget.Current.Bytes),
                Start = budget.Current.Start,
                End = budget.Current.End,
                State = state,
                SlowedTo = SlowTo,
                Refuses = Refuses,
                Problem = problem,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        lock (gate)
        {
            Count();
            Save();
        }
    }

    private bool Slows => (state == BudgetState.Low && settings.SlowsWhenLow) || (state == BudgetState.Spent && settings.SlowsWhenSpent);

    private long SlowTo => Slows ? settings.SlowBytesPerSecond : 0;

    private bool Refuses => state == BudgetState.Spent && !settings.SlowsWhenSpent;

    private MonthlyBudget Restore()
    {
        try
        {
            var (current, before) = file.Read();
            return new MonthlyBudget(settings.ResetDay, Today(), current, before);
        }
        catch (StorageException exception)
        {
            Failed(exception);
            return new MonthlyBudget(settings.ResetDay, Today());
        }
    }

    private void Look()
    {
        lock (gate)
        {
            var month = budget.Current.Start;
            Count();
            var before = state;
            state = StateNow();
            if (state != before)
                Tell(month);
            apply(SlowTo, Refuses);
            if (state != before || month != budget.Current.Start || timeProvider.GetElapsedTime(savedAt) >= SaveEvery)
                Save();
        }
    }

    private void Count()
    {
        var now = sinceStart();
        budget.Add(now - counted, Today());
        counted = now;
    }

    private BudgetState StateNow() => budget.Current.Bytes >= settings.MonthlyBytes ? BudgetState.Spent
        : (Int128)budget.Current.Bytes * 100 >= (Int128)settings.MonthlyBytes * LowPercent ? BudgetState.Low
        : BudgetState.Plenty;

    private void Tell(DateOnly monthBefore)
    {
        var budgetText = ByteSizes.Write(settings.MonthlyBytes);
        var end = budget.Current.End.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var slower = string.Create(CultureInfo.InvariantCulture, $"relays {ByteSizes.Write(settings.SlowBytesPerSecond)} a second");
        switch (state)
        {
            case BudgetState.Low:
                HostLog.BudgetLow(logger, LowPercent, budgetText, end, Slows ? "; until then it " + slower : "");
                break;
            case BudgetState.Spent:
                HostLog.BudgetSpent(logger, budgetText, end, Slows ? slower : "relays nothing, and is a web site only");
                break;
            default:
                HostLog.BudgetWhole(logger, budgetText, monthBefore == budget.Current.Start ? "the budget was raised, or the clock was set" : "a new month has begun");
                break;
        }
    }

    private void Save()
    {
        savedAt = timeProvider.GetTimestamp();
        if (budget.Current == saved && problem is null)
            return;
        try
        {
            file.Write(budget);
            saved = budget.Current;
            problem = null;
        }
        catch (StorageException exception)
        {
            Failed(exception);
        }
    }

    /// <summary>Logged once, not every minute.</summary>
    private void Failed(StorageException exception)
    {
        if (problem is null)
            HostLog.BudgetNotSaved(logger, exception.Message);
        problem = exception.Message;
    }

    private DateOnly Today() => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);
}
