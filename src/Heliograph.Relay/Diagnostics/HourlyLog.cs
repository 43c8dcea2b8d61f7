using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// Logs, every hour, what the operator should know of the refused and of the names that are not in the list, if there is anything new.
/// Sums of hours, not moments: a line in the log must not tell when somebody connected.
/// </summary>
internal sealed class HourlyLog : IAsyncDisposable
{
    private const int MostNames = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly Func<RelayStatistics> read;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private long refusedSources;
    private long refusedHandshakes;
    private long denied;
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private string? toldOfMadeUpNames;

    public HourlyLog(Func<RelayStatistics> read, TimeProvider timeProvider, ILogger logger)
    {
        this.read = read;
        this.logger = logger;
        timer = timeProvider.CreateTimer(_ => Write(), null, Interval, Interval);
    }

    /// <summary>Logs what is new since the last time.</summary>
    public void Write()
    {
        var statistics = read();
        LogRefused(statistics.Outcomes);
        LogDenied(statistics.NamesNotRelayed);
        LogFound(statistics);
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void LogRefused(IReadOnlyDictionary<ConnectionOutcome, long> outcomes)
    {
        var sources = GetIncrease(ref refusedSources, outcomes[ConnectionOutcome.RefusedSource]);
        var handshakes = GetIncrease(ref refusedHandshakes, outcomes[ConnectionOutcome.RefusedHandshake]);
        if (sources + handshakes > 0)
            logger.Refused(RoundedCount.Up(sources), RoundedCount.Up(handshakes));
    }

    private void LogDenied(IReadOnlyDictionary<string, long> names)
    {
        if (GetIncrease(ref denied, names.Values.Sum()) <= 0)
            return;
        var most = names.OrderByDescending(static name => name.Value).Take(MostNames);
        logger.NamesNotRouted(string.Join(", ", most.Select(static name => $"{name.Key} (up to {RoundedCount.Up(name.Value)})")));
    }

    private void LogFound(RelayStatistics statistics)
    {
        foreach (var name in statistics.FoundHosts.Where(told.Add))
            logger.HostFound(name);
        if (statistics.MadeUpNamesUnder is { } zone && zone != toldOfMadeUpNames)
            logger.NamesMadeUp(zone);
        toldOfMadeUpNames = statistics.MadeUpNamesUnder;
    }

    private static long GetIncrease(ref long last, long now) => now - Interlocked.Exchange(ref last, now);
}
