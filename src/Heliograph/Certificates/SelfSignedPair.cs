using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Platform;

namespace Heliograph.Certificates;

/// <summary>Creates a throw-away authority and a leaf signed by it: ECDSA P-256, with the names as DNS and IP alternative names.</summary>
internal static class SelfSignedPair
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);

    /// <summary>For clients whose clock is behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    /// <summary>The chain (leaf, authority) and the leaf's key, as PEM. The authority's key is discarded.</summary>
    public static (string Chain, string Key) Create(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = Authority(authorityKey).CreateSelfSigned(now - Backdated, now + Lifetime);
        using var leaf = Leaf(leafKey, authority, names)
            .Create(authority, now - Backdated, now + Lifetime, RandomNumberGenerator.GetBytes(16));
        return (leaf.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n", leafKey.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static CertificateRequest Authority(ECDsa key)
    {
        var request = new CertificateRequest("CN=Throw-away CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static CertificateRequest Leaf(ECDsa key, X509Certificate2 authority, IReadOnlyList<string> names)
    {
        // A common name has at most 64 characters (RFC 5280 appendix A); clients read the alternative names.
        var subject = new X500DistinguishedNameBuilder();
        if (names[0].Length <= 64)
            subject.AddCommonName(names[0]);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (InternetAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        // RFC 5280 section 4.2.1.6: critical if the subject is empty.
        request.CertificateExtensions.Add(alternatives.Build(critical: names[0].Length > 64));
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
