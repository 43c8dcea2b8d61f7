using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Compare;

/// <summary>The one certificate all proxies present: an ECDSA P-256 leaf under a throw-away CA, as files in the forms they want.</summary>
internal sealed record Certificates
{
    public const string Domain = "proxy.test";

    public required string CaFile { get; init; }

    public required string ChainFile { get; init; }

    public required string KeyFile { get; init; }

    /// <summary>Chain and key in one file, as HAProxy reads them.</summary>
    public required string CombinedFile { get; init; }

    public static Certificates Create(string directory)
    {
        var now = DateTimeOffset.UtcNow;
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=Throw-away CA", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var ca = caRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Domain);
        var leafRequest = new CertificateRequest($"CN={Domain}", leafKey, HashAlgorithmName.SHA256);
        leafRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leafRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        leafRequest.CertificateExtensions.Add(names.Build());
        using var leaf = leafRequest.Create(ca, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));

        var chain = $"{leaf.ExportCertificatePem()}\n{ca.ExportCertificatePem()}\n";
        var key = leafKey.ExportPkcs8PrivateKeyPem() + "\n";
        return new Certificates
        {
            CaFile = Write(directory, "ca.pem", ca.ExportCertificatePem() + "\n"),
            ChainFile = Write(directory, "fullchain.pem", chain),
            KeyFile = Write(directory, "privkey.pem", key),
            CombinedFile = Write(directory, "combined.pem", chain + key),
        };
    }

    private static string Write(string directory, string name, string pem)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, pem);
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
