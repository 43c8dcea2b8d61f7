namespace Heliograph.Tls13.Hello;

/// <summary>What a ClientHello says that matters to us (RFC 8446 section 4.1.2).</summary>
public sealed record ClientHello
{
    /// <summary>The host name of the server_name extension in lower case, or null where there is none (RFC 6066 section 3).</summary>
    public required string? ServerName { get; init; }

    /// <summary>The protocols of the ALPN extension in the client's order; empty where there is none (RFC 7301).</summary>
    public required IReadOnlyList<string> ApplicationProtocols { get; init; }

    /// <summary>
    /// The versions offered, the highest first, GREASE left out: those of supported_versions, or legacy_version where that extension is
    /// missing.
    /// </summary>
    public required IReadOnlyList<ushort> Versions { get; init; }
}

/// <summary>What <see cref="ClientHelloReader"/> answers.</summary>
public enum HelloStatus
{
    /// <summary>A prefix of what may become a ClientHello.</summary>
    NeedMore,

    /// <summary>No ClientHello, or one that lies or goes past the bound.</summary>
    NotAClientHello,

    /// <summary>A whole and well-formed ClientHello.</summary>
    Hello,
}
