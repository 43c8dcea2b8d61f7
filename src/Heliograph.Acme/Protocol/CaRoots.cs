using System.Security.Cryptography.X509Certificates;
using Heliograph.Platform.Pem;

namespace Heliograph.Acme.Protocol;

/// <summary>The roots in the file that <c>acme.ca_root</c> names.</summary>
internal static class CaRoots
{
    /// <exception cref="AcmeException">The file cannot be read, does not parse whole, or contains no certificate.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        try
        {
            // It is read for every request.
            return ChainPem.ReadRoots(PemFile.ReadAgain(path).Bytes.Span);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PemException)
        {
            throw new AcmeException(
                AcmeFailure.Configuration, $"acme.ca_root: '{path}' cannot be used: {exception.Message}", exception);
        }
    }
}
