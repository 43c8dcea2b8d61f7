using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Acme.Issuance;

/// <summary>The root of a chain: the issuer of its last certificate.</summary>
internal static class ChainName
{
    public static bool EndsAt(string chainPem, string root)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(chainPem);
            return chain.Count > 0 && chain[^1].GetNameInfo(X509NameType.SimpleName, forIssuer: true) == root;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }
}
