using System.Security.Cryptography;
using Heliograph.Platform.Pem;

namespace Heliograph.Acme.Issuance;

/// <summary>A private key that this library wrote, or that was adopted.</summary>
internal static class PrivateKey
{
    /// <exception cref="CryptographicException">The text is not a private key, ECDSA or RSA.</exception>
    public static AsymmetricAlgorithm Open(string pem)
    {
        byte[] pkcs8;
        try
        {
            pkcs8 = PrivateKeyPem.Read(pem);
        }
        catch (PemException exception)
        {
            throw new CryptographicException(exception.Message, exception);
        }
        return Import(ECDsa.Create(), pkcs8) ?? Import(RSA.Create(), pkcs8) ?? throw new CryptographicException("an unknown kind of key");
    }

    private static AsymmetricAlgorithm? Import(AsymmetricAlgorithm key, byte[] pkcs8)
    {
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }
}
