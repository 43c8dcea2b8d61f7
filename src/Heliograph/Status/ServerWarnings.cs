using Heliograph.Relay.Diagnostics;
using Heliograph.Statistics;

namespace Heliograph.Status;

/// <summary>Limits that are near, a list that is out of date, and what else the operator should look at.</summary>
internal static class ServerWarnings
{
    private const int MostNames = 5;

    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay, TrafficTotals totals)
    {
        var refused = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.Refused));
        if (relay.Connections >= relay.MaxConnections)
            yield return new("full", StatusWarning.Critical, Words.Line($"The server is full: all of its {relay.MaxConnections:N0} connections (limits.max_connections) are open, and more are refused. Raise the limit, or run a second proxy."));
        else if (relay.Connections >= relay.MaxConnections * 0.8)
            yield return new("nearly_full", StatusWarning.Warning, Words.Line($"The server is nearly full: at {relay.MaxConnections:N0} connections (limits.max_connections) more are refused. Raise the limit, or run a second proxy."));
        else if (refused > 0)
            yield return new("connections_refused", StatusWarning.Warning, Words.Line($"{refused:N0} connections were refused since the start, as {relay.MaxConnections:N0} (limits.max_connections) were open. Raise the limit if this happens again."));
        if (relay.DeniedSignalNames.Count > 0)
            yield return new("list_out_of_date", StatusWarning.Warning, $"Your list of hosts may be out of date. Asked for, and not on it: {Asked(relay.DeniedSignalNames)}. Look for a newer version of Heliograph. Anyone can ask for any name, so a name that you cannot find elsewhere may be made up.");
        if (relay.DecoyDown)
            yield return new("decoy_down", StatusWarning.Warning, "The web site for everyone else cannot be reached, and its visitors are shown an error page: look at decoy.upstream.");
        if (relay.Outcomes.GetValueOrDefault(ConnectionOutcome.Failed) > 0)
            yield return new("defect", StatusWarning.Warning, "A defect in Heliograph ended connections. The log tells which: please report it.");
        if (totals.Problem is { } problem)
            yield return new("totals_not_saved", StatusWarning.Warning, $"The totals of days and weeks are not kept: {problem}");
    }

    private static string Asked(IReadOnlyDictionary<string, long> names)
    {
        var told = names.OrderByDescending(static one => one.Value).ThenBy(static one => one.Key, StringComparer.Ordinal).Take(MostNames).Select(static one => one.Key);
        return string.Join(", ", told) + (names.Count > MostNames ? " and others" : "");
    }
}
