namespace Heliograph.Testing.Pebble;

/// <summary>The settings of Let's Encrypt's own test authority.</summary>
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

    /// <summary>Key identifier to MAC key in base64url; accounts without one are then rejected.</summary>
    public IReadOnlyDictionary<string, string>? ExternalAccounts { get; init; }

    /// <summary>Five years by default.</summary>
    public int? CertificateSeconds { get; init; }

    /// <summary>To use the same address again after a restart.</summary>
    public int? Port { get; init; }

    /// <summary>Where its directory is asked for.</summary>
    public string Address { get; init; } = "127.0.0.1";
}
