namespace Heliograph.Web;

/// <summary>The settings of the decoy web site.</summary>
public sealed record DecoyOptions
{
    /// <summary>32 bytes; everything that differs between two installations comes from them. See <see cref="DecoySeed"/>.</summary>
    public required byte[] Seed { get; init; }

    /// <summary>The operator's own static site. Null for the built-in one.</summary>
    public string? Directory { get; init; }

    /// <summary>The nginx that it behaves like.</summary>
    public NginxProfile Like { get; init; } = NginxProfile.OfThisMachine();
}
