using System.Net;
using Heliograph.Access;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Sources;
using Heliograph.Statistics;
using Heliograph.Status;

namespace Heliograph.Control;

/// <summary>The running server's answer to <c>heliograph status</c>, and what its page shows. It contains rounded figures only.</summary>
internal sealed class StatusReader(
    Func<RelayStatistics> statistics,
    CertificateInUse certificates,
    TrafficRecorder traffic,
    Func<BudgetReport?> budget,
    Func<string?> selfCheckProblem,
    Func<IReadOnlyList<GroupReport>?> groups,
    Func<SourceReport?> sources,
    Func<CountryReport?> countries,
    Func<IPEndPoint?> page,
    TimeProvider timeProvider)
{
    public const string CommandName = "status";

    /// <summary>Which resolver does not answer, and why; null: there is none.</summary>
    public Func<string?> ResolverProblem { get; init; } = static () => null;

    /// <summary>Why what the fleet shares cannot be reached; null: it can, or this machine is in no fleet.</summary>
    public Func<string?> FleetProblem { get; init; } = static () => null;

    public KeyValuePair<string, ControlCommand> Command =>
        new(CommandName, (_, _) => Task.FromResult(new ControlResponse { Ok = true, Status = Read(namesGroups: true) }));

    /// <param name="namesGroups">Whether those who read it may know the groups' names.</param>
    public StatusReport Read(bool namesGroups)
    {
        var certificate = certificates.Describe() with { Running = true };
        return CreateReport(
            statistics(),
            traffic.Read(),
            certificate,
            budget(),
            selfCheckProblem(),
            timeProvider.GetUtcNow(),
            groups(),
            sources(),
            countries(),
            ResolverProblem(),
            FleetProblem(),
            namesGroups) with
        {
            Page = page() is { } endpoint ? PageStatus.At(endpoint, certificate) : null,
        };
    }

    /// <param name="relay">Since the start.</param>
    /// <param name="totals">By day and week.</param>
    /// <param name="certificate">The one in use.</param>
    /// <param name="budget">Null: limits.monthly_bytes is off.</param>
    /// <param name="selfCheckProblem">Why the self-check fails; null: it does not.</param>
    /// <param name="now">The time.</param>
    /// <param name="groups">The groups of unlisted names; null: access.mode is open.</param>
    /// <param name="sources">The lists of sources; null: sources.block is empty.</param>
    /// <param name="countries">This week's connections by country; null: they are not counted.</param>
    /// <param name="resolverProblem">Which resolver does not answer, and why; null: there is none.</param>
    /// <param name="fleetProblem">Why what the fleet shares cannot be reached; null: it can.</param>
    /// <param name="namesGroups">Whether those who read it may know the groups' names.</param>
    internal static StatusReport CreateReport(
        RelayStatistics relay,
        TrafficTotals totals,
        CertificateReport certificate,
        BudgetReport? budget,
        string? selfCheckProblem,
        DateTimeOffset now,
        IReadOnlyList<GroupReport>? groups = null,
        SourceReport? sources = null,
        CountryReport? countries = null,
        string? resolverProblem = null,
        string? fleetProblem = null,
        bool namesGroups = true)
    {
        IReadOnlyList<StatusWarning> warnings =
        [
            .. UpstreamWarnings.FromStatistics(relay)
                .Concat(CertificateWarnings.FromReport(certificate, now))
                .Concat(ServerWarnings.FromStatistics(relay, totals))
                .Concat(LimitWarnings.FromStatistics(relay, budget))
                .Concat(resolverProblem is null ? [] : [UpstreamWarnings.FromResolver(resolverProblem)])
                .Concat(AccessWarnings.FromGroups(groups, namesGroups))
                .Concat(SourceWarnings.FromReport(sources))
                .Concat(SourceWarnings.FromReport(countries))
                .Concat(fleetProblem is null ? [] : [ServerWarnings.FromFleet(fleetProblem)])
                .Concat(selfCheckProblem is null ? [] : [ServerWarnings.FromSelfCheck(selfCheckProblem)])
                .OrderBy(static warning => warning.Severity != StatusWarning.Critical),
        ];
        return new()
        {
            Version = ProductVersion.Text,
            State = warnings is [var worst, ..] ? worst.Severity : "working",
            UptimeSeconds = (long)relay.Uptime.TotalSeconds,
            Connections = ConnectionStatus.FromStatistics(relay),
            Relayed = TrafficStatus.FromTraffic(Traffic.FromStatistics(relay).Rounded),
            Totals = totals,
            Outcomes = RoundedCounts.Round(relay.Outcomes),
            Routes = [.. relay.Routes.Select(RouteStatus.FromStatistics)],
            Upstreams = [.. relay.Upstreams.Select(UpstreamStatus.FromStatistics)],
            DeniedNames = relay.NamesNotRelayed.ToDictionary(
                static one => one.Key, static one => RoundedCount.Up(one.Value), StringComparer.Ordinal),
            ListVersion = relay.ListVersion,
            FoundHosts = relay.FoundHosts,
            Certificate = certificate,
            Groups = groups is null ? null : !namesGroups ? [] : [.. groups.Select(GroupStatus.FromReport)],
            Sources = sources,
            Countries = countries,
            Budget = budget is null ? null : BudgetStatus.FromReport(budget),
            Warnings = warnings,
        };
    }
}
