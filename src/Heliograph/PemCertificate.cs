using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph;

/// <summary>A certificate to serve, from the PEM texts of its chain and its private key.</summary>
internal static class PemCertificate
{
    /// <exception cref="CertificateException">One sentence for the operator: what is wrong, where, and what to do.</exception>
    public static ServerCertificate Read(string chain, string key) => Read(Encoding.UTF8.GetBytes(chain), Encoding.UTF8.GetBytes(key));

    /// <inheritdoc cref="Read(string, string)"/>
    public static ServerCertificate Read(ReadOnlySpan<byte> chain, ReadOnlySpan<byte> key)
    {
        byte[] pkcs8 = [];
        try
        {
            var certificates = ChainPem.Read(chain);
            pkcs8 = PrivateKeyPem.Read(key);
            return ServerCertificate.Create(certificates, pkcs8);
        }
        catch (PemException exception)
        {
            throw new CertificateException(exception.Message, exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
