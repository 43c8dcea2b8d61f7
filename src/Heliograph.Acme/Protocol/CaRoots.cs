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
            var file = PemFile.Read(path);
            // It is read for every request.
            return file.IsPipe
                ? throw Unusable(path, "it is a pipe, which can be read only once; give a regular file", cause: null)
                : ChainPem.ReadRoots(file.Bytes.Span);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PemException)
        {
            throw Unusable(path, exception.Message, exception);
        }
    }

    private static AcmeException Unusable(string path, string why, Exception? cause) =>
        new(AcmeFailure.Configuration, $"acme.ca_root: '{path}' cannot be used: {why}", cause);
}
