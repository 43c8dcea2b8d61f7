using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Relay.Tests;

/// <summary>The engine takes DER; tests have PEM.</summary>
internal static class PemTexts
{
    extension(ServerCertificate)
    {
        public static ServerCertificate FromPem(string chain, string key)
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(chain);
            return ServerCertificate.Create(
                [.. certificates.Select(static certificate => new ReadOnlyMemory<byte>(certificate.RawData))], ReadKey(key));
        }
    }

    private static byte[] ReadKey(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}
