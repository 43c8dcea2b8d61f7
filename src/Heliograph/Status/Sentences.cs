using Heliograph.Sources;
using Heliograph.Statistics;
using static Heliograph.Status.Words;

namespace Heliograph.Status;

/// <summary>What a person is told of a <see cref="StatusReport"/>, in a terminal and on the page.</summary>
internal static class Sentences
{
    public const string Rounding =
        "Counts are rounded up to multiples of 8 and bytes to megabytes, so that they reveal nothing about one person.";

    public static string Now(ConnectionStatus connections) => connections switch
    {
        { Open: 0 } => "Nobody is connected now.",
        { Relayed: 0 } => Line($"{connections.Open:N0} connections now, none of them relayed to Signal."),
        _ => Line($"{connections.Open:N0} connections now, {connections.Relayed:N0} of them relayed to Signal."),
    };

    public static string Week(PeriodTotal week) => week.Connections == 0 && week.Bytes == 0
        ? "This week your proxy has carried nothing yet."
        : Line($"This week your proxy carried {week.Connections:N0} connections and {Bytes(week.Bytes)}.");

    /// <summary>The hosts that nobody has asked for; null: there are none.</summary>
    public static string? Idle(int used, int all) =>
        used == all ? null
        : used == 0 ? $"none of {Count(all, "host")} requested yet"
        : $"{Count(all - used, "other host")}: not requested";

    public static string LastUsed(GroupStatus group) =>
        group.Expired ? "expired" : group.LastUsed is { } day ? Line($"{day:yyyy-MM-dd}") : "never";

    /// <summary><c>16 refused, 8 timed out</c>.</summary>
    public static string Failures(UpstreamStatus upstream) =>
        string.Join(", ", upstream.Failures.Select(static one => Line($"{one.Value:N0} {one.Key.Replace('_', ' ')}")));

    public static string Limit(ConnectionStatus connections) =>
        Line($"{connections.Open:N0} of {connections.Limit:N0} allowed; peak {connections.Most:N0}");

    public static string List(StatusReport report) =>
        $"list {report.ListVersion}{(report.FoundHosts.Count == 0 ? "" : $"; on no list: {string.Join(", ", report.FoundHosts)}")}";

    public static string Budget(BudgetStatus budget) =>
        Line($"{Bytes(budget.UsedBytes)} of {Bytes(budget.MonthlyBytes)} used, in and out, since {budget.Start:yyyy-MM-dd}");

    public static string Sources(SourceReport sources)
    {
        var blocked = sources.BlocksAll ? "everybody blocked" : $"{Prefixes(sources.Block)} blocked";
        return sources.Allow.Count == 0 ? blocked : $"{blocked}; {Prefixes(sources.Allow)} allowed";
    }

    private static string Prefixes(IReadOnlyList<SourceListReport> lists)
    {
        var prefixes = lists.Sum(static list => list.Prefixes ?? 0);
        return Line($"{prefixes:N0} {(prefixes == 1 ? "prefix" : "prefixes")} of {Count(lists.Count, "list")}");
    }
}
