using Heliograph.Relay.Countries;
using Heliograph.Sources;
using Heliograph.Statistics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Countries;

/// <summary>
/// The operator's database of countries, read again when it changes, and the sums of this week. They are in memory only. From any thread.
/// </summary>
internal sealed class CountryKeeper : IAsyncDisposable
{
    /// <summary>How often it looks at the file, and whether a week has begun.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly IReadOnlyDictionary<string, long> None = new Dictionary<string, long>(StringComparer.Ordinal);

    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private WatchedFile? file;
    private CountryTable? table;
    private string? problem;
    private Action<CountryTable?> use = static _ => { };
    private Func<IReadOnlyDictionary<string, long>> sinceStart = static () => None;
    private IReadOnlyDictionary<string, long> before = None;
    private DateOnly monday;

    /// <param name="path">The database; null: countries are not counted.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Told of the database, never of a country.</param>
    public CountryKeeper(string? path, TimeProvider timeProvider, ILogger logger)
    {
        this.timeProvider = timeProvider;
        this.logger = logger;
        monday = Monday();
        timer = timeProvider.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Use(path);
    }

    /// <summary>Called once the relay serves.</summary>
    /// <param name="use">Takes the table, or null to stop counting.</param>
    /// <param name="sinceStart">Relayed connections by country since the start, exact.</param>
    public void Attach(Action<CountryTable?> use, Func<IReadOnlyDictionary<string, long>> sinceStart)
    {
        lock (gate)
        {
            this.use = use;
            this.sinceStart = sinceStart;
            use(table);
        }
    }

    /// <summary>At the start and after a reload: reads the file at once.</summary>
    public void Use(string? path)
    {
        lock (gate)
        {
            if (path != file?.Path)
            {
                file = path is null ? null : new WatchedFile(path);
                (table, problem) = (null, null);
            }
            Read(isRequested: true);
            use(table);
            var every = file is null ? Timeout.InfiniteTimeSpan : Every;
            timer.Change(every, every);
        }
    }

    /// <returns>Null: countries are not counted.</returns>
    public CountryReport? Report()
    {
        lock (gate)
        {
            if (file is null)
                return null;
            Roll();
            var sums = sinceStart().ToDictionary(
                static one => one.Key, one => one.Value - before.GetValueOrDefault(one.Key), StringComparer.Ordinal);
            return CountryReport.Create(TrafficHistory.NameOf(monday), sums, problem);
        }
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Tick()
    {
        // A file on a server that does not respond must not pile up threads here.
        if (!gate.TryEnter())
            return;
        try
        {
            Roll();
            if (Read(isRequested: false))
                use(table);
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>What was counted before this week counts no more.</summary>
    private void Roll()
    {
        if (Monday() == monday)
            return;
        monday = Monday();
        before = sinceStart();
    }

    /// <returns>Whether another database is in use now.</returns>
    private bool Read(bool isRequested)
    {
        try
        {
            if (file?.ReadIfChanged(CountryDatabaseReader.LongestFile, isRequested) is not { } bytes)
                return false;
            if (CountryDatabaseReader.Read(bytes, out var why) is not { } read)
                throw new UnusableException(why!);
            (table, problem) = (read, null);
            HostLog.CountriesTaken(logger, file.Path);
            return true;
        }
        catch (UnusableException exception)
        {
            if (isRequested || exception.Message != problem)
                HostLog.CountriesRejected(
                    logger, file!.Path, table is null ? "countries are not counted" : "the last good one stays in use", exception.Message);
            problem = exception.Message;
            return false;
        }
    }

    private DateOnly Monday() => TrafficHistory.MondayOf(DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime));
}
