namespace Heliograph.Acme;

/// <summary>What to get a certificate for, from whom and how. The names are those of the configuration's <c>acme</c> block.</summary>
public sealed record AcmeOptions
{
    public const string LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

    public const string LetsEncryptStaging = "https://acme-staging-v02.api.letsencrypt.org/directory";

    /// <summary>DNS names, wildcards and IP addresses; all of them go into one certificate.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Everything is kept in the directory <c>acme</c> below it.</summary>
    public required string StateDirectory { get; init; }

    public string Directory { get; init; } = LetsEncrypt;

    /// <summary>Where to try first after a failed validation. Let's Encrypt's staging directory is built in.</summary>
    public string? StagingDirectory { get; init; }

    public string? Email { get; init; }

    /// <summary>Challenge types in the order in which they are tried.</summary>
    public IReadOnlyList<string> Challenges { get; init; } = [ChallengeTypes.TlsAlpn01, ChallengeTypes.Http01];

    public string? Profile { get; init; }

    /// <summary><c>ecdsa-p256</c> or <c>rsa-2048</c>.</summary>
    public string KeyType { get; init; } = KeyTypes.EcdsaP256;

    /// <summary>A PEM file with the root that signed the certificate authority's own web server; the system's roots otherwise.</summary>
    public string? CaRoot { get; init; }

    public EabOptions? Eab { get; init; }

    /// <summary>The common name of the root to prefer when the authority offers several chains.</summary>
    public string? PreferredChain { get; init; }

    /// <summary>A second certificate authority, used when the first one keeps failing.</summary>
    public IssuerOptions? Failover { get; init; }

    public DnsOptions? Dns { get; init; }

    /// <summary>How long one request to the certificate authority may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where there are accounts: the authorities, and where they are tried out.</summary>
    public IEnumerable<string> Directories => Issuers.SelectMany(static issuer => issuer.All).Select(static issuer => issuer.Directory);

    /// <summary>All mistakes, one sentence each, with the key's path; empty when there are none.</summary>
    public IReadOnlyList<string> Errors() => AcmeOptionsCheck.Errors(this);

    internal IssuerOptions Primary => new()
    {
        Directory = Directory,
        StagingDirectory = StagingDirectory ?? (Directory == LetsEncrypt ? LetsEncryptStaging : null),
        Email = Email,
        Profile = Profile,
        CaRoot = CaRoot,
        Eab = Eab,
        PreferredChain = PreferredChain,
    };

    internal IEnumerable<IssuerOptions> Issuers => Failover is null ? [Primary] : [Primary, Failover];
}

/// <summary>One certificate authority, with an account of its own.</summary>
public sealed record IssuerOptions
{
    public required string Directory { get; init; }

    public string? StagingDirectory { get; init; }

    public string? Email { get; init; }

    public string? Profile { get; init; }

    public string? CaRoot { get; init; }

    public EabOptions? Eab { get; init; }

    public string? PreferredChain { get; init; }

    /// <summary>With its staging directory, which has an account of its own.</summary>
    internal IEnumerable<IssuerOptions> All =>
        StagingDirectory is { } staging && staging != Directory ? [this, this with { Directory = staging }] : [this];
}

/// <summary>External account binding (RFC 8555 section 7.3.4), as the authority's web site gives it.</summary>
public sealed record EabOptions
{
    public required string KeyId { get; init; }

    /// <summary>The MAC key in base64url.</summary>
    public required string HmacKey { get; init; }

    /// <summary>A record prints its members, and this one is a secret.</summary>
    public override string ToString() => $"EabOptions {{ KeyId = {KeyId} }}";
}

/// <summary>How DNS-01 records get into the zone: through the operator's own program or RFC 2136.</summary>
public sealed record DnsOptions
{
    /// <summary>A program, called as <c>HOOK present|cleanup FQDN VALUE</c> (lego's convention).</summary>
    public string? Hook { get; init; }

    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public Rfc2136Options? Rfc2136 { get; init; }

    /// <summary>Servers (<c>address</c> or <c>address:port</c>) that must show the record before the authority is asked to validate;
    /// by default the server that accepted the update, or the name servers of the zone.</summary>
    public IReadOnlyList<string> VisibleAt { get; init; } = [];

    /// <summary>How long to wait for that. Then the authority is asked anyway.</summary>
    public TimeSpan VisibleTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>DNS UPDATE signed with TSIG (RFC 2136, RFC 8945).</summary>
public sealed record Rfc2136Options
{
    /// <summary><c>address</c> or <c>address:port</c>; an IPv6 address with a port needs brackets.</summary>
    public required string Server { get; init; }

    public required string KeyName { get; init; }

    /// <summary>The TSIG secret in base64.</summary>
    public required string KeySecret { get; init; }

    /// <summary><c>hmac-sha256</c> or <c>hmac-sha512</c>.</summary>
    public string Algorithm { get; init; } = "hmac-sha256";

    /// <summary>The zone to update; found by asking the server for SOA records otherwise.</summary>
    public string? Zone { get; init; }

    /// <summary><c>udp</c> (with TCP when the answer is truncated) or <c>tcp</c>.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>A record prints its members, and this one is a secret.</summary>
    public override string ToString() => $"Rfc2136Options {{ Server = {Server}, KeyName = {KeyName} }}";
}

public static class ChallengeTypes
{
    public const string TlsAlpn01 = "tls-alpn-01";
    public const string Http01 = "http-01";
    public const string Dns01 = "dns-01";
}

public static class KeyTypes
{
    public const string EcdsaP256 = "ecdsa-p256";
    public const string Rsa2048 = "rsa-2048";
}
