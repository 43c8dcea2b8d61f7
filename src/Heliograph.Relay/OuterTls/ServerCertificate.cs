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

    /// <summary>The OBJECT IDENTIFIER 1.2.840.10045.3.1.7 in DER.</summary>
    private static ReadOnlySpan<byte> P256 => [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

    private ServerCertificate(X509Certificate2Collection chain, byte[] key)
    {
        var leaf = chain[0];
        Chain = [.. chain.Select(static certificate => new ReadOnlyMemory<byte>(certificate.RawData))];
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

    /// <summary>Reads PEM texts: the chain, leaf first, and the leaf's private key (ECDSA or RSA).</summary>
    /// <exception cref="CertificateException">One sentence for the operator: what is wrong and what to do.</exception>
    public static ServerCertificate FromPem(string chainPem, string keyPem)
    {
        ArgumentNullException.ThrowIfNull(chainPem);
        ArgumentNullException.ThrowIfNull(keyPem);
        var chain = ReadChain(chainPem);
        try
        {
            var key = ReadKey(keyPem, out var publicKey);
            if (!publicKey.AsSpan().SequenceEqual(chain[0].PublicKey.ExportSubjectPublicKeyInfo()))
            {
                CryptographicOperations.ZeroMemory(key);
                throw new CertificateException(
                    "the private key is not the key of the first certificate in the chain; give both files of the same certificate, the " +
                    "leaf first");
            }
            var certificate = new ServerCertificate(chain, key);
            // OpenSSL has the last word (the key may be too small for its security level): ask it now, while another certificate can still
            // be served.
            TlsContext.Create(certificate, offerHttp2: false, TlsHandshake.Libssl).Dispose();
            return certificate;
        }
        catch (CryptographicException exception)
        {
            // What the certificate holds is decoded when it is asked for: it may be DER, and its names may not.
            throw new CertificateException($"the first certificate is malformed: {exception.Message.TrimEnd('.')}", exception);
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }

    private static X509Certificate2Collection ReadChain(string pem)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new CertificateException("the chain cannot be read as PEM certificates", exception);
        }
        if (chain.Count == 0)
            throw new CertificateException(
                "the chain contains no certificate; a PEM file with \"-----BEGIN CERTIFICATE-----\" is expected, such as fullchain.pem");
        if (chain.Count > LongestChain || chain.Sum(static certificate => certificate.RawData.Length) > LargestChainBytes)
            throw new CertificateException(
                $"the chain has {chain.Count} certificates; at most {LongestChain} are allowed, with {LargestChainBytes / 1024} KB in all");
        return chain;
    }

    private static byte[] ReadKey(string pem, out byte[] publicKey)
    {
        if (
            pem.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            || pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new CertificateException("the private key is encrypted; remove the passphrase with: openssl pkey -in KEY -out KEY.plain");
        foreach (var algorithm in new Func<AsymmetricAlgorithm>[] { ECDsa.Create, RSA.Create })
        {
            using var key = algorithm();
            try
            {
                key.ImportFromPem(pem);
            }
            // PlatformNotSupportedException: a curve that OpenSSL does not know.
            catch (Exception exception) when (exception is CryptographicException or ArgumentException or PlatformNotSupportedException)
            {
                continue;
            }
            publicKey = key.ExportSubjectPublicKeyInfo();
            return key.ExportPkcs8PrivateKey();
        }
        throw new CertificateException("the private key cannot be read; an ECDSA or RSA key in PEM is expected, such as privkey.pem");
    }

    /// <summary>RFC 5480 section 2.1.1: id-ecPublicKey with the curve's name as its parameters.</summary>
    private static bool IsP256(PublicKey key) =>
        key.Oid.Value == "1.2.840.10045.2.1" && key.EncodedParameters is { } curve && curve.RawData.AsSpan().SequenceEqual(P256);

    private static string[] ReadNames(X509Certificate2 leaf)
    {
        var extension = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null
            ? []
            : [.. extension.EnumerateDnsNames(), .. extension.EnumerateIPAddresses().Select(static address => address.ToString())];
    }
}
