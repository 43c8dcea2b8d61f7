using Heliograph.Alerts;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Metrics;

/// <summary>Where the figures come from. Each is asked once for every instrument that needs it, at the moment of a scrape.</summary>
internal sealed record MetricSources
{
    public required Func<RelayStatistics> Relay { get; init; }

    public required Func<CertificateReport> Certificate { get; init; }

    /// <summary>What the proxy's checks of itself came to; null: there was none as yet.</summary>
    public required Func<SelfCheckState?> SelfCheck { get; init; }

    /// <summary>The month's budget; null: there is none.</summary>
    public required Func<BudgetReport?> Budget { get; init; }

    /// <summary>Why the server is not ready; null: it is.</summary>
    public required Func<string?> NotReady { get; init; }
}
