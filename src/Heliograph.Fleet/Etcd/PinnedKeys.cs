using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Fleet.Etcd;

/// <summary>
/// Whom TLS trusts: a server with one of these public keys, whatever its certificate's names, dates and authority. Nobody else can have
/// such a key, and a self-signed certificate is all that etcd needs.
/// </summary>
internal sealed class PinnedKeys
{
    private readonly byte[][] pins;

    public PinnedKeys(IEnumerable<string> pins) => this.pins = [.. pins.Select(Convert.FromHexString)];

    /// <summary>The pin of the last server that was refused.</summary>
    public string? Refused { get; private set; }

    public SslClientAuthenticationOptions SslOptions => new()
    {
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 shown && IsPinned(shown),
    };

    /// <summary>SHA-256 of the SubjectPublicKeyInfo, as in RFC 7469 section 2.4, in hexadecimal.</summary>
    public static string PinOf(X509Certificate2 certificate) => Convert.ToHexStringLower(Hash(certificate));

    private static byte[] Hash(X509Certificate2 certificate) => SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    private bool IsPinned(X509Certificate2 shown)
    {
        var hash = Hash(shown);
        if (Array.Exists(pins, pin => CryptographicOperations.FixedTimeEquals(pin, hash)))
            return true;
        Refused = Convert.ToHexStringLower(hash);
        return false;
    }
}
