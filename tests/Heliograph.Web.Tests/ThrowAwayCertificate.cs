using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Web.Tests;

/// <summary>A certificate for an nginx that needs one.</summary>
internal static class ThrowAwayCertificate
{
    public static async Task WriteAsync(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(directory, "chain.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
