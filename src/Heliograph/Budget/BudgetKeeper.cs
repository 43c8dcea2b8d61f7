using System.Globalization;
using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Budget;

/// <summary>
/// Holds the relay to <c>limits.monthly_bytes</c>: checks the traffic every second, reports at 80 % and at the end, and does what is
/// configured.
/// </summary>
internal sealed class BudgetKeeper : IAsyncDisposable
{
    public static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    /// <summary>A crash loses no more than this.</summary>
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

    /// <param name="settings">The budget, which is not off.</param>
    /// <param name="stateDirectory">Where it is saved; held by this process.</param>
    /// <param name="sinceStart">Bytes transferred since the program started: see <see cref="Passed"/>.</param>
    /// <param name="apply">Called at every check with the rate to slow to (0: no slowing), and whether to relay nothing.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Gets a message when the budget is low or spent.</param>
    public BudgetKeeper(
        BudgetSettings settings,
        string stateDirectory,
        Func<long> sinceStart,
        Action<long, bool> apply,
        TimeProvider timeProvider,
        ILogger logger)
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
        Check();
        timer = timeProvider.CreateTimer(_ => Check(), null, CheckEvery, CheckEvery);
    }

    /// <summary>
    /// What the machine's network interface has carried: relayed bytes go in and out, so they count twice; a visitor's bytes end on this
    /// machine. TCP headers and TLS record overhead are not counted.
    /// </summary>
    public static long Passed(RelayStatistics statistics) =>
        (2 * (statistics.BytesUp + statistics.BytesDown + statistics.OwnBytesRelayed))
        + statistics.BytesVisited
        + statistics.OwnBytesVisited;

    /// <summary>The month so far.</summary>
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
            ReportFailure(exception);
            return new MonthlyBudget(settings.ResetDay, Today());
        }
    }

    private void Check()
    {
        lock (gate)
        {
            var month = budget.Current.Start;
            Count();
            var before = state;
            state = StateNow();
            if (state != before)
                Report(month);
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

    private void Report(DateOnly monthBefore)
    {
        var budgetText = ByteSizes.Write(settings.MonthlyBytes);
        var end = budget.Current.End.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var slower = string.Create(CultureInfo.InvariantCulture, $"relays at most {ByteSizes.Write(settings.SlowBytesPerSecond)} a second");
        switch (state)
        {
            case BudgetState.Low:
                HostLog.BudgetLow(logger, LowPercent, budgetText, end, Slows ? "; until then this proxy " + slower : "");
                break;
            case BudgetState.Spent:
                HostLog.BudgetSpent(logger, budgetText, end, Slows ? slower : "relays nothing and is only a web site");
                break;
            default:
                HostLog.BudgetRestored(
                    logger,
                    budgetText,
                    monthBefore == budget.Current.Start ? "the budget was raised, or the clock was changed" : "a new month has begun");
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
            ReportFailure(exception);
        }
    }

    /// <summary>Logs the problem once, not every minute.</summary>
    private void ReportFailure(StorageException exception)
    {
        if (problem is null)
            HostLog.BudgetNotSaved(logger, exception.Message);
        problem = exception.Message;
    }

    private DateOnly Today() => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);
}
