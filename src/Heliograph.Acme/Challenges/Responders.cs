namespace Heliograph.Acme.Challenges;

/// <summary>The program's ports, for proving control of a name. Without one, its challenge type is not tried.</summary>
public sealed record ChallengeResponders
{
    public ITlsAlpnResponder? TlsAlpn { get; init; }

    public IHttpResponder? Http { get; init; }

    /// <summary>The other machines that answer for the same names; null: there are none.</summary>
    public IOtherResponders? Others { get; init; }
}

/// <summary>The machines that an authority may ask instead of this one.</summary>
public interface IOtherResponders
{
    /// <summary>From when this returns until the lease is disposed, they answer the challenge too, as far as they can be reached.</summary>
    /// <exception cref="AcmeException">The right to order is lost, or nothing can be shared now.</exception>
    Task<IAsyncDisposable> ServeAsync(SharedProof proof, CancellationToken cancellationToken);
}

/// <summary>What any machine needs to answer a challenge of <c>tls-alpn-01</c> or <c>http-01</c>.</summary>
public sealed record SharedProof
{
    public required string Type { get; init; }

    /// <summary>The DNS name or IP address that is being proven.</summary>
    public required string Identifier { get; init; }

    public required string Token { get; init; }

    public required string KeyAuthorization { get; init; }

    /// <summary>A record prints its members, and two of these are secrets.</summary>
    public override string ToString() => $"{Type} for {Identifier}";
}

/// <summary>Port 443, for TLS-ALPN-01 (RFC 8737).</summary>
public interface ITlsAlpnResponder
{
    /// <summary>From now until the lease is disposed, a handshake that offers exactly the protocol <c>acme-tls/1</c> and asks for
    /// <see cref="TlsAlpnValidation.ServerName"/> gets this certificate; no other handshake does.</summary>
    IDisposable Serve(TlsAlpnValidation validation);
}

/// <summary>A certificate that proves control to the authority and has no other use.</summary>
public sealed record TlsAlpnValidation
{
    public const string Protocol = "acme-tls/1";

    /// <summary>The DNS name or IP address that is being proven.</summary>
    public required string Identifier { get; init; }

    /// <summary>
    /// The SNI the authority sends: the name, or, for an address, its name in in-addr.arpa or ip6.arpa (RFC 8738 section 6).
    /// </summary>
    public required string ServerName { get; init; }

    public required string CertificatePem { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>A new certificate that answers a challenge of <c>tls-alpn-01</c>.</summary>
    /// <exception cref="AcmeException">The identifier is neither a DNS name nor an address.</exception>
    public static TlsAlpnValidation Create(SharedProof proof, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return ValidationCertificate.Create(Issuance.Identifier.Parse(proof.Identifier), proof.KeyAuthorization, now);
    }

    /// <summary>A record prints its members, and one of these is a secret.</summary>
    public override string ToString() => $"TlsAlpnValidation {{ Identifier = {Identifier} }}";
}

/// <summary>Port 80, for HTTP-01 (RFC 8555 section 8.3).</summary>
public interface IHttpResponder
{
    /// <summary>From now until the lease is disposed, <c>GET /.well-known/acme-challenge/TOKEN</c> answers the key authorization
    /// as <c>application/octet-stream</c>. Neither may be logged.</summary>
    IDisposable Serve(string token, string keyAuthorization);
}
