using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme.Issuance;
using Heliograph.Platform.Pem;

namespace Heliograph.Acme;

/// <summary>A certificate chain with its key, both PEM, as a TLS server loads them.</summary>
public sealed record IssuedCertificate
{
    /// <summary>The leaf first.</summary>
    public required string ChainPem { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>DNS names and IP addresses.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>In hexadecimal, as authorities print it.</summary>
    public required string SerialNumber { get; init; }

    /// <summary>The directory of the authority that issued it.</summary>
    public required string Directory { get; init; }

    /// <summary>RFC 9773 section 4.1; null when the certificate has no authority key identifier.</summary>
    internal string? AriId { get; init; }

    internal TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>A record prints its members, and one of these is a secret.</summary>
    public override string ToString() => $"{string.Join(", ", Names)}, by {Issuer}, until {NotAfter:u}";

    /// <exception cref="CryptographicException">They do not parse whole or do not belong together.</exception>
    internal static IssuedCertificate FromPem(string chainPem, string keyPem, string directory)
    {
        using var leaf = OpenLeaf(chainPem);
        CheckKey(leaf, keyPem);
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return new IssuedCertificate
        {
            ChainPem = chainPem,
            KeyPem = keyPem,
            Names = names is null
                ? []
                : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())],
            Issuer = leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true),
            NotBefore = new DateTimeOffset(leaf.NotBefore),
            NotAfter = new DateTimeOffset(leaf.NotAfter),
            SerialNumber = leaf.SerialNumber,
            Directory = directory,
            AriId = Renewal.RenewalInfo.CertificateId(leaf),
        };
    }

    internal X509Certificate2 OpenLeaf() => OpenLeaf(ChainPem);

    private static X509Certificate2 OpenLeaf(string chainPem)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Platform.Pem.ChainPem.Read(chainPem)[0].Span);
        }
        catch (PemException exception)
        {
            throw new CryptographicException(exception.Message, exception);
        }
    }

    private static void CheckKey(X509Certificate2 leaf, string keyPem)
    {
        using var key = PrivateKey.Open(keyPem);
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo()))
            throw new CryptographicException("the key does not belong to the certificate");
    }
}
