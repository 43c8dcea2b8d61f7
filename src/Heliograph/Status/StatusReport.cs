using System.Text.Json.Serialization;
using Heliograph.Access;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;
using Heliograph.Statistics;

namespace Heliograph.Status;

/// <summary>The running server's status: <c>heliograph status --json</c>, a contract with scripts (docs/operating/status.md).</summary>
/// <remarks>
/// All counts are rounded. Members added later are not required, so that a server of an earlier version can still be asked.
/// </remarks>
internal sealed record StatusReport
{
    /// <summary>The server's version.</summary>
    public required string Version { get; init; }

    /// <summary><c>working</c>, <c>warning</c> or <c>critical</c>: the worst of the warnings.</summary>
    public required string State { get; init; }

    public required long UptimeSeconds { get; init; }

    public required ConnectionStatus Connections { get; init; }

    /// <summary>Relayed since the start.</summary>
    public required TrafficStatus Relayed { get; init; }

    public required TrafficTotals Totals { get; init; }

    /// <summary>How many connections ended with each outcome since the start.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    public required IReadOnlyList<RouteStatus> Routes { get; init; }

    public required IReadOnlyList<UpstreamStatus> Upstreams { get; init; }

    /// <summary>Names under <c>signal.org</c> that are not on the list, and how often they were requested since the start.</summary>
    public required IReadOnlyDictionary<string, long> DeniedNames { get; init; }

    /// <summary>The version of the list that the built-in sets are from.</summary>
    public long ListVersion { get; init; }

    /// <summary>The hosts on no list that are relayed, because they exist under one of routes.zones.</summary>
    public IReadOnlyList<string> FoundHosts { get; init; } = [];

    public required CertificateReport Certificate { get; init; }

    /// <summary>The groups of unlisted names; absent if access.mode is open.</summary>
    public IReadOnlyList<GroupStatus>? Groups { get; init; }

    /// <summary>Absent if limits.monthly_bytes is off.</summary>
    public BudgetStatus? Budget { get; init; }

    /// <summary>What the operator should check, the worst first.</summary>
    public required IReadOnlyList<StatusWarning> Warnings { get; init; }
}

internal sealed record ConnectionStatus
{
    public required long Open { get; init; }

    /// <summary>Open connections that are being relayed.</summary>
    public required long Relayed { get; init; }

    /// <summary>The most open at one time.</summary>
    public required long Most { get; init; }

    /// <summary>Exact; connections beyond it are refused.</summary>
    public required long Limit { get; init; }

    public required long SinceStart { get; init; }

    public static ConnectionStatus FromStatistics(RelayStatistics statistics) => new()
    {
        Open = RoundedWithinLimit(statistics.Connections, statistics),
        Relayed = RoundedWithinLimit(statistics.Relaying, statistics),
        Most = RoundedWithinLimit(statistics.MostConnections, statistics),
        Limit = statistics.MaxConnections,
        SinceStart = RoundedCount.Up(statistics.Accepted),
    };

    /// <summary>Rounding must not show more connections than the limit.</summary>
    private static long RoundedWithinLimit(int count, RelayStatistics statistics) =>
        Math.Min(RoundedCount.Up(count), statistics.MaxConnections);
}

/// <summary>How much of the monthly budget is used; bytes in and out.</summary>
internal sealed record BudgetStatus
{
    public required long MonthlyBytes { get; init; }

    public required long UsedBytes { get; init; }

    public required DateOnly Start { get; init; }

    /// <summary>The day on which the next month begins.</summary>
    public required DateOnly End { get; init; }

    /// <summary><c>plenty</c>, <c>low</c> or <c>spent</c>.</summary>
    public required string State { get; init; }

    public static BudgetStatus FromReport(BudgetReport budget) => new()
    {
        MonthlyBytes = budget.MonthlyBytes,
        UsedBytes = budget.UsedBytes,
        Start = budget.Start,
        End = budget.End,
        State = EnumWord<BudgetState>.For(budget.State),
    };
}

internal sealed record TrafficStatus
{
    public required long Connections { get; init; }

    public required long BytesUp { get; init; }

    public required long BytesDown { get; init; }

    public static TrafficStatus FromTraffic(Traffic traffic) =>
        new() { Connections = traffic.Connections, BytesUp = traffic.BytesUp, BytesDown = traffic.BytesDown };
}

internal sealed record RouteStatus
{
    public required string Name { get; init; }

    /// <summary>One of the upstreams.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Since the start.</summary>
    public required long Connections { get; init; }

    public required long Open { get; init; }

    public static RouteStatus FromStatistics(RouteStatistics route) => new()
    {
        Name = route.Name,
        Endpoint = route.Endpoint,
        Connections = RoundedCount.Up(route.Connections),
        Open = RoundedCount.Up(route.Open),
    };
}

/// <summary>The people who share a link.</summary>
internal sealed record GroupStatus
{
    public required string Name { get; init; }

    /// <summary>Connections relayed now.</summary>
    public required long Connections { get; init; }

    /// <summary>Since the start, as <see cref="BytesDown"/>.</summary>
    public required long BytesUp { get; init; }

    public required long BytesDown { get; init; }

    /// <summary>The last day on which it was used, in UTC; absent: it never was.</summary>
    public DateOnly? LastUsed { get; init; }

    /// <summary>Whether its name is being probed today.</summary>
    public required bool Probed { get; init; }

    /// <summary>Whether it has expired.</summary>
    public required bool Expired { get; init; }

    public static GroupStatus FromReport(GroupReport group) => new()
    {
        Name = group.Name,
        Connections = group.Connections ?? 0,
        BytesUp = group.BytesUp ?? 0,
        BytesDown = group.BytesDown ?? 0,
        LastUsed = group.LastUsed,
        Probed = group.Probed,
        Expired = group.Expired,
    };
}

internal sealed record UpstreamStatus
{
    public required string Endpoint { get; init; }

    /// <summary>Successful dials since the start.</summary>
    public required long Dials { get; init; }

    /// <summary>Half of the dials took at most this many milliseconds; absent: there were none, or they took more than 10 s.</summary>
    public int? HalfWithinMs { get; init; }

    /// <summary>The same for 95 % of the dials.</summary>
    public int? MostWithinMs { get; init; }

    /// <summary>Failed dials by reason; only the reasons that occurred.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    /// <summary>Whether the most recent dials failed.</summary>
    public required bool Failing { get; init; }

    /// <summary>Whether it is the proxy of upstream.proxy; absent: it is a host.</summary>
    public bool? Proxy { get; init; }

    /// <summary>The last failure as upstream.proxy explained it; absent: it was not asked, or nothing failed.</summary>
    public string? Problem { get; init; }

    public static UpstreamStatus FromStatistics(UpstreamStatistics upstream) => new()
    {
        Endpoint = upstream.Endpoint,
        Dials = RoundedCount.Up(upstream.DialTimes.Count),
        HalfWithinMs = (int?)upstream.DialTimes.Within(0.5)?.TotalMilliseconds,
        MostWithinMs = (int?)upstream.DialTimes.Within(0.95)?.TotalMilliseconds,
        Failures = RoundedCounts.Round(upstream.Failures),
        Failing = UpstreamWarnings.IsFailing(upstream),
        Proxy = upstream.IsProxy ? true : null,
        Problem = upstream.Problem,
    };
}

/// <param name="Code">For scripts: does not change.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>: clients are being lost, or soon will be.</param>
/// <param name="Message">One or two sentences: the problem, and what to do.</param>
internal sealed record StatusWarning(string Code, string Severity, string Message)
{
    public const string Critical = "critical";
    public const string Warning = "warning";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
