using Heliograph.Configuration;
using Heliograph.Setup;

namespace Heliograph.Cli.Init;

/// <summary>What <c>init</c> is to do, once everything is known.</summary>
internal sealed record SetupPlan
{
    /// <summary>The configuration file, by its whole path.</summary>
    public required string File { get; init; }

    public required Settings Settings { get; init; }

    /// <summary>What the file is to hold.</summary>
    public required string Text { get; init; }

    /// <summary>Whose certificate is taken over, if any.</summary>
    public ProxyCheckout? Checkout { get; init; }

    public bool Replace { get; init; }

    public bool DryRun { get; init; }

    public bool Offline { get; init; }

    public bool WithQr { get; init; }
}
