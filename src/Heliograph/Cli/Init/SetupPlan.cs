using Heliograph.Configuration;
using Heliograph.Setup;

namespace Heliograph.Cli.Init;

/// <summary>What <c>init</c> will do, once everything is known.</summary>
internal sealed record SetupPlan
{
    /// <summary>The full path of the configuration file.</summary>
    public required string File { get; init; }

    public required Settings Settings { get; init; }

    /// <summary>The content of the file.</summary>
    public required string Text { get; init; }

    /// <summary>The checkout whose certificate to take over, if any.</summary>
    public ProxyCheckout? Checkout { get; init; }

    public bool Replace { get; init; }

    public bool DryRun { get; init; }

    public bool Offline { get; init; }

    public bool WithQr { get; init; }
}
