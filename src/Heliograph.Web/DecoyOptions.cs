namespace Heliograph.Web;

/// <summary>The settings of the decoy web site.</summary>
public sealed record DecoyOptions
{
    /// <summary>Everything that differs between two installations comes from it.</summary>
    public required DecoySeed Seed { get; init; }

    /// <summary>The built-in site's language: one of <see cref="DecoySite.Languages"/>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The operator's own static site. Null for the built-in one.</summary>
    public string? Directory { get; init; }

    /// <summary>The nginx that it behaves like.</summary>
    public NginxProfile Like { get; init; } = NginxProfile.OfThisMachine();
}
