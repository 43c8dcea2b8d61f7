using System.Security.Cryptography.X509Certificates;
using Heliograph.Platform.Pem;

namespace Heliograph.Acme.Issuance;

/// <summary>The root of a chain: the issuer of its last certificate.</summary>
internal static class ChainName
{
    public static bool EndsAt(string chainPem, string root)
    {
        try
        {
            using var last = X509CertificateLoader.LoadCertificate(ChainPem.Read(chainPem)[^1].Span);
            return last.GetNameInfo(X509NameType.SimpleName, forIssuer: true) == root;
        }
        catch (PemException)
        {
            return false;
        }
    }
}
