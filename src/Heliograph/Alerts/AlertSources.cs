using Heliograph.Access;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Alerts;

/// <summary>What the alerts check once a minute.</summary>
internal sealed record AlertSources
{
    /// <summary>The groups of unlisted names.</summary>
    public Func<IReadOnlyList<GroupReport>> Groups { get; init; } = static () => [];

    /// <summary>Whether those who are notified may know a group's name; the log may not.</summary>
    public Func<bool> NamesGroups { get; init; } = static () => false;

    /// <summary>This proxy's name in messages.</summary>
    public required Func<string> Proxy { get; init; }

    public required Func<CertificateReport> Certificate { get; init; }

    public required Func<RelayStatistics> Relay { get; init; }

    /// <summary>Why what the fleet shares cannot be reached, or null; itself null: this machine is in no fleet.</summary>
    public Func<string?>? FleetProblem { get; init; }

    /// <summary>The result of the self-checks; null: none has run yet.</summary>
    public required Func<SelfCheckState?> SelfCheck { get; init; }
}
