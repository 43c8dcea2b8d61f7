using Heliograph.Relay.Diagnostics;
using Heliograph.Statistics;

namespace Heliograph.Status;

/// <summary>Warnings about full or nearly full limits, an outdated list, and anything else the operator should check.</summary>
internal static class ServerWarnings
{
    private const int MaxNames = 5;

    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay, TrafficTotals totals)
    {
        var refused = RoundedCount.Up(relay.Outcomes.GetValueOrDefault(ConnectionOutcome.Refused));
        if (relay.Connections >= relay.MaxConnections)
            yield return new(
                "full",
                StatusWarning.Critical,
                Words.Line(
                    $"The server is full: all {relay.MaxConnections:N0} connections (limits.max_connections) are open, and further ones " +
                    $"are refused. Raise the limit, or run a second proxy.")
            );
        else if (relay.Connections >= relay.MaxConnections * 0.8)
            yield return new(
                "nearly_full",
                StatusWarning.Warning,
                Words.Line(
                    $"The server is nearly full: it refuses more than {relay.MaxConnections:N0} connections (limits.max_connections). " +
                    $"Raise the limit, or run a second proxy.")
            );
        else if (refused > 0)
            yield return new(
                "connections_refused",
                StatusWarning.Warning,
                Words.Line(
                    $"{refused:N0} connections were refused since the start because {relay.MaxConnections:N0} (limits.max_connections) " +
                    $"were open. Raise the limit if this happens again.")
            );
        var notRelayed = relay.NamesNotRelayed;
        if (notRelayed.Count > 0)
            yield return new(
                "list_out_of_date",
                StatusWarning.Warning,
                $"Your list of hosts may be out of date. Requested, but not on the list: {Names(notRelayed)}. Check for a newer " +
                $"list (heliograph routes update) or version of Heliograph. Anyone can request any name, so a name that you cannot find " +
                $"elsewhere may be made up.");
        if (relay.FoundHosts is [_, ..] found)
            yield return new(
                "host_found",
                StatusWarning.Warning,
                (found.Count == 1
                    ? $"Signal's apps ask for a host that this version does not know: {found[0]}; it is relayed (routes.zones). "
                    : $"Signal's apps ask for hosts that this version does not know: {Names(found)}; they are relayed (routes.zones). ") +
                "Check for a newer list (heliograph routes update) or version of Heliograph. Anyone can ask for any host under " +
                "signal.org.");
        if (relay.MadeUpNamesUnder is { } zone)
            yield return new(
                "names_made_up",
                StatusWarning.Warning,
                $"DNS has an answer for every name under {zone}, even for one that was made up, so that hosts that this version does not " +
                $"know cannot be found there (routes.zones): use another resolver on this machine.");
        if (relay.Decoy != DecoyState.Served)
            yield return new(
                "decoy_down",
                StatusWarning.Warning,
                "The decoy web site cannot be reached, so its visitors see an error page (502 Bad Gateway): check the server in " +
                "decoy.upstream.");
        if (relay.Outcomes.GetValueOrDefault(ConnectionOutcome.Failed) > 0)
            yield return new(
                "defect", StatusWarning.Warning, "A defect in Heliograph ended connections. The log has the details: please report it.");
        if (totals.Problem is { } problem)
            yield return new(
                "totals_not_saved", StatusWarning.Warning, $"Heliograph cannot read or save the daily and weekly totals: {problem}");
    }

    /// <param name="problem">Why it fails, in one sentence that says what to do.</param>
    public static StatusWarning FromSelfCheck(string problem) =>
        new("self_check_fails", StatusWarning.Critical, $"The self-check (alerts.self_check) fails: {problem}.");

    /// <param name="problem">Why etcd cannot be used, in a sentence.</param>
    public static StatusWarning FromFleet(string problem) =>
        new(
            "fleet_away",
            StatusWarning.Warning,
            $"What the fleet shares cannot be reached: {problem} This server goes on with what it has, and orders no certificate " +
            "meanwhile; for one that cannot wait: heliograph certificate renew --alone");

    private static string Names(IReadOnlyDictionary<string, long> names)
    {
        var ordered = names.OrderByDescending(static one => one.Value).ThenBy(static one => one.Key, StringComparer.Ordinal);
        return Names([.. ordered.Select(static one => one.Key)]);
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxNames)) + (names.Count > MaxNames ? " and others" : "");
}
