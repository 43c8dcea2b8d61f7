using Heliograph.Access;
using Heliograph.Alerts;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;
using Heliograph.Sources;

namespace Heliograph.Metrics;

/// <summary>Where the figures come from. At a scrape, each source is read once for every instrument that needs it.</summary>
internal sealed record MetricSources
{
    public required Func<RelayStatistics> Relay { get; init; }

    /// <summary>The groups of unlisted names, where metrics may name them.</summary>
    public Func<IReadOnlyList<GroupReport>> Groups { get; init; } = static () => [];

    public required Func<CertificateReport> Certificate { get; init; }

    /// <summary>The result of the self-checks; null: none has run yet.</summary>
    public required Func<SelfCheckState?> SelfCheck { get; init; }

    /// <summary>The monthly budget; null: it is off.</summary>
    public required Func<BudgetReport?> Budget { get; init; }

    /// <summary>The lists of sources; null: sources.block is empty.</summary>
    public Func<SourceReport?> Sources { get; init; } = static () => null;

    /// <summary>What this machine is called in its fleet, where the metrics are to say so; null: they say nothing of it.</summary>
    public string? Machine { get; init; }

    /// <summary>Why the server is not ready; null: it is.</summary>
    public required Func<string?> NotReady { get; init; }
}
