using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Statistics;

/// <summary>
/// Adds the relayed traffic to the daily and weekly totals, and saves them: every few minutes, so that a crash loses no more, and at the
/// end. Traffic counts towards the UTC day on which it is read.
/// </summary>
internal sealed class TrafficRecorder : IAsyncDisposable
{
    public static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(5);

    private readonly HistoryFile file;
    private readonly Func<Traffic> sinceStart;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly TrafficHistory history;
    private readonly ITimer timer;
    private Traffic counted;
    private Traffic saved;
    private string? problem;

    /// <param name="stateDirectory">Where the totals are saved; held by this process.</param>
    /// <param name="sinceStart">The traffic relayed since the relay started.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Reports a damaged file and failed writes.</param>
    public TrafficRecorder(string stateDirectory, Func<Traffic> sinceStart, TimeProvider timeProvider, ILogger logger)
    {
        file = new HistoryFile(stateDirectory, timeProvider, logger);
        this.sinceStart = sinceStart;
        this.timeProvider = timeProvider;
        this.logger = logger;
        history = ReadFile();
        timer = timeProvider.CreateTimer(_ => Save(), null, SaveEvery, SaveEvery);
    }

    /// <summary>The current totals, rounded.</summary>
    public TrafficTotals Read()
    {
        lock (gate)
        {
            Update();
            return TrafficTotals.FromHistory(history, Today(), problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        Save();
    }

    private TrafficHistory ReadFile()
    {
        try
        {
            return file.Read(Today());
        }
        catch (StorageException exception)
        {
            ReportFailure(exception);
            return new();
        }
    }

    private void Save()
    {
        lock (gate)
        {
            Update();
            // The file's time shows when it was written: nothing is written if there was no traffic.
            if (counted == saved && problem is null)
                return;
            try
            {
                file.Write(history);
                saved = counted;
                problem = null;
            }
            catch (StorageException exception)
            {
                ReportFailure(exception);
            }
        }
    }

    /// <summary>Logs the problem once, not every five minutes.</summary>
    private void ReportFailure(StorageException exception)
    {
        if (problem is null)
            HostLog.TotalsNotSaved(logger, exception.Message);
        problem = exception.Message;
    }

    private void Update()
    {
        var now = sinceStart();
        if (now == counted)
            return;
        history.Add(Today(), now - counted);
        counted = now;
    }

    private DateOnly Today() => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);
}
