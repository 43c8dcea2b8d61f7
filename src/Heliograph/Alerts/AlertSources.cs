using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Alerts;

/// <summary>What the alerts look at, once a minute.</summary>
internal sealed record AlertSources
{
    /// <summary>What this proxy is called in messages.</summary>
    public required Func<string> Proxy { get; init; }

    public required Func<CertificateReport> Certificate { get; init; }

    public required Func<RelayStatistics> Relay { get; init; }

    /// <summary>What the proxy's checks of itself came to; null: there was none as yet.</summary>
    public required Func<SelfCheckState?> SelfCheck { get; init; }
}
