namespace Heliograph.Testing.Pebble;

/// <summary>How Let's Encrypt's own test authority is to behave.</summary>
public sealed record PebbleOptions
{
    /// <summary>Where it validates HTTP-01.</summary>
    public int HttpPort { get; init; } = 5002;

    /// <summary>Where it validates TLS-ALPN-01.</summary>
    public int TlsPort { get; init; } = 5001;

    /// <summary>A name server to ask (<c>address:port</c>); without one pebble-challtestsrv answers 127.0.0.1 for every name.</summary>
    public string? DnsServer { get; init; }

    public int NonceRejectPercent { get; init; } = 5;

    public int AlternateRoots { get; init; }

    /// <summary>Key identifier to MAC key in base64url; accounts without one are then refused.</summary>
    public IReadOnlyDictionary<string, string>? ExternalAccounts { get; init; }

    /// <summary>Five years otherwise.</summary>
    public int? CertificateSeconds { get; init; }

    /// <summary>To come back under the same address after a stop.</summary>
    public int? Port { get; init; }
}
