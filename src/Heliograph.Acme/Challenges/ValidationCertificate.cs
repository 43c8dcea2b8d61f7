using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Challenges;

/// <summary>The self-signed certificate of RFC 8737 section 3.</summary>
internal static class ValidationCertificate
{
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    public static TlsAlpnValidation Create(Identifier identifier, string keyAuthorization, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ACME validation", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (identifier.Address is { } address)
            names.AddIpAddress(address);
        else
            names.AddDnsName(identifier.BaseName);
        request.CertificateExtensions.Add(names.Build());
        var digest = new AsnWriter(AsnEncodingRules.DER);
        digest.WriteOctetString(SHA256.HashData(Encoding.ASCII.GetBytes(keyAuthorization)));
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifier, digest.Encode(), critical: true));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
        return new TlsAlpnValidation
        {
            Identifier = identifier.BaseName,
            ServerName = identifier.ServerName,
            CertificatePem = certificate.ExportCertificatePem(),
            KeyPem = key.ExportPkcs8PrivateKeyPem(),
        };
    }
}
