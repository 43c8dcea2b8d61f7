namespace Heliograph.Relay.Diagnostics;

/// <summary>Adds up the counters of all loops.</summary>
/// <param name="relay">What all connections share.</param>
/// <param name="loops">All loops, with the counters of each.</param>
/// <param name="open">The open connections.</param>
/// <param name="timeProvider">The clock of the uptime, which begins now.</param>
internal sealed class StatisticsReader(
    RelayContext relay, IReadOnlyList<RelayLoop> loops, OpenConnections open, TimeProvider timeProvider)
{
    private readonly long started = timeProvider.GetTimestamp();

    /// <summary>
    /// The sums since the start, read while they grow: each figure is right, and two of them may be some connections apart.
    /// </summary>
    public RelayStatistics Read()
    {
        var denied = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var loop in loops)
            loop.Counters.AddDeniedTo(denied);
        var (counters, table) = (relay.Counters, relay.Routes);
        var routes = table.Routes.ToList();
        var found = relay.ZoneHosts.Found.Where(route => table.IsInZone(route.Name) && table.Find(route.Name) is null).ToList();
        var connections = Math.Max(0, open.Count - counters.OwnConnections);
        return new RelayStatistics
        {
            Uptime = timeProvider.GetElapsedTime(started),
            Connections = connections,
            // A connection is counted with its first bytes, and open before.
            MostConnections = Math.Max(counters.MostConnections, connections),
            MaxConnections = relay.Options.MaxConnections,
            Accepted = counters.Accepted,
            Outcomes = Enum.GetValues<ConnectionOutcome>()
                .ToDictionary(static outcome => outcome, outcome => loops.Sum(loop => loop.Counters.GetCount(outcome))),
            Relayed = counters.Relayed,
            Relaying = counters.Relaying,
            Routes = counters.ReadRoutes(routes.Concat(found)),
            Upstreams = counters.ReadUpstreams(relay.Options.Proxy, routes),
            BytesUp = loops.Sum(static loop => loop.Counters.BytesUp),
            BytesDown = loops.Sum(static loop => loop.Counters.BytesDown),
            BytesVisited = loops.Sum(static loop => loop.Counters.BytesVisited),
            OwnBytesRelayed = loops.Sum(static loop => loop.OwnCounters.BytesUp + loop.OwnCounters.BytesDown),
            OwnBytesVisited = loops.Sum(static loop => loop.OwnCounters.BytesVisited),
            Decoy = relay.Alarm.GetState(relay.Decoy),
            DeniedSignalNames = denied,
            FoundHosts = [.. found.Select(static route => route.Name)],
            ListVersion = table.ListVersion,
            MadeUpNamesUnder = table.Zones.Count > 0 ? relay.ZoneHosts.MadeUpUnder : null,
            Limits = relay.Admission.Read(),
        };
    }
}
