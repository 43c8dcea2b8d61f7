namespace Heliograph.Web;

/// <summary>What the decoy web site is made of.</summary>
public sealed record DecoyOptions
{
    /// <summary>Where the unix sockets go. Made, and closed to other users, when it is missing.</summary>
    public required string SocketDirectory { get; init; }

    /// <summary>32 bytes; everything in which two installations differ comes from them. See <see cref="DecoySeed"/>.</summary>
    public required byte[] Seed { get; init; }

    /// <summary>The operator's own static site. Null: the built-in one.</summary>
    public string? Directory { get; init; }
}
