using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Acme.Issuance;

/// <summary>A certificate's own key pair, new for every certificate, and the request signed with it.</summary>
internal static class CertificateKey
{
    public static string Generate(string keyType)
    {
        if (keyType == KeyTypes.Rsa2048)
        {
            using var rsa = RSA.Create(2048);
            return rsa.ExportPkcs8PrivateKeyPem();
        }

        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ecdsa.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>
    /// PKCS #10 in DER with an empty subject: all names are in the extension (RFC 8555 section 7.4, RFC 5280 section 4.1.2.6).
    /// </summary>
    public static byte[] CreateRequest(string keyPem, string keyType, IReadOnlyList<Identifier> identifiers)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var identifier in identifiers)
        {
            if (identifier.Address is { } address)
                names.AddIpAddress(address);
            else
                names.AddDnsName(identifier.Value);
        }

        var subject = new X500DistinguishedName("");
        using var key = PrivateKey.Open(keyPem);
        return Sign(
            key is RSA rsa
                ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256));

        byte[] Sign(CertificateRequest request)
        {
            request.CertificateExtensions.Add(names.Build(critical: true));
            return request.CreateSigningRequest();
        }
    }
}
