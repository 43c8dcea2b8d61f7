using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Relay.OuterTls;

/// <summary>A certificate chain and its private key, which are checked to belong together.</summary>
public sealed class ServerCertificate
{
    /// <summary>
    /// More certificates than any real chain has; together they must fit into a flight (<see cref="TlsBio.WrittenSize"/>).
    /// </summary>
    private const int LongestChain = 10;

    private const int LargestChainBytes = 64 * 1024;

    private const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>The first byte of a SEQUENCE in DER.</summary>
    private const byte Asn1Sequence = 0x30;

    /// <summary>The OBJECT IDENTIFIER 1.2.840.10045.3.1.7 in DER.</summary>
    private static ReadOnlySpan<byte> P256 => [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

    private ServerCertificate(X509Certificate2 leaf, IReadOnlyList<ReadOnlyMemory<byte>> chain, byte[] key)
    {
        Chain = chain;
        Key = key;
        Issuer = leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
        NotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
        Names = ReadNames(leaf);
        HasP256Key = IsP256(leaf.PublicKey);
        Fingerprint = leaf.GetCertHashString(HashAlgorithmName.SHA256);
    }

    /// <summary>The DNS names and IP addresses that the certificate is for (its subjectAltName).</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The issuer's common name, or its substitute.</summary>
    public string Issuer { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>SHA-256 of the leaf, in hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the key is one on the curve P-256.</summary>
    internal bool HasP256Key { get; }

    /// <summary>The certificates in DER, the leaf first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; }

    /// <summary>The leaf's private key: PKCS #8, DER.</summary>
    internal ReadOnlyMemory<byte> Key { get; }

    /// <summary>Checks that a chain and a private key can be served.</summary>
    /// <param name="chain">In DER, the leaf first.</param>
    /// <param name="key">The leaf's private key (ECDSA or RSA): PKCS #8 in DER.</param>
    /// <exception cref="CertificateException">One sentence for the operator: what is wrong and what to do.</exception>
    public static ServerCertificate Create(IReadOnlyList<ReadOnlyMemory<byte>> chain, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(chain);
        if (chain.Count is 0 or > LongestChain || chain.Sum(static certificate => certificate.Length) > LargestChainBytes)
            throw new CertificateException(
                $"the chain has {chain.Count} certificates; at most {LongestChain} are allowed, with {LargestChainBytes / 1024} KB in all");
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(chain[0].Span);
            CheckKey(leaf.PublicKey, key);
            var certificate = new ServerCertificate(leaf, chain, key.ToArray());
            // OpenSSL has the last word (the key may be too small for its security level): ask it now, while another certificate can still
            // be served.
            TlsContext.Create(certificate, offerHttp2: false, TlsHandshake.Libssl, agesSessions: false).Dispose();
            return certificate;
        }
        catch (CryptographicException exception)
        {
            throw new CertificateException($"the first certificate is malformed: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private static void CheckKey(PublicKey expected, ReadOnlySpan<byte> key)
    {
        if (expected.Oid.Value == EcPublicKey && expected.EncodedParameters?.RawData is [Asn1Sequence, ..])
            throw new CertificateException(
                "the certificate describes its key's curve by explicit parameters, where a name belongs (RFC 5480 section 2.1.1), and " +
                "Signal's apps accept no such certificate; get a new one for a key on P-256 (prime256v1)");
        if (!ReadPublicKey(key).AsSpan().SequenceEqual(expected.ExportSubjectPublicKeyInfo()))
            throw new CertificateException(
                "the private key is not the key of the first certificate in the chain; give both files of the same certificate, the " +
                "leaf first");
    }

    private static byte[] ReadPublicKey(ReadOnlySpan<byte> key)
    {
        foreach (var create in new Func<AsymmetricAlgorithm>[] { ECDsa.Create, RSA.Create })
        {
            using var algorithm = create();
            try
            {
                algorithm.ImportPkcs8PrivateKey(key, out _);
            }
            // PlatformNotSupportedException: a curve that OpenSSL does not know.
            catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
            {
                continue;
            }
            return algorithm.ExportSubjectPublicKeyInfo();
        }
        throw new CertificateException("the private key is neither an ECDSA nor an RSA key");
    }

    /// <summary>RFC 5480 section 2.1.1: id-ecPublicKey with the curve's name as its parameters.</summary>
    private static bool IsP256(PublicKey key) =>
        key.Oid.Value == EcPublicKey && key.EncodedParameters is { } curve && curve.RawData.AsSpan().SequenceEqual(P256);

    private static string[] ReadNames(X509Certificate2 leaf)
    {
        var extension = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null
            ? []
            : [.. extension.EnumerateDnsNames(), .. extension.EnumerateIPAddresses().Select(static address => address.ToString())];
    }
}
