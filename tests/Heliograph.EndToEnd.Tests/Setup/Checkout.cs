using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Setup;

/// <summary>
/// A checkout of signalapp/Signal-TLS-Proxy as init-certificate.sh and certbot leave it: archive, live with links into it, renewal files,
/// and the link that nginx follows.
/// </summary>
internal sealed class Checkout
{
    private readonly string conf;

    public Checkout(string root)
    {
        Root = root;
        conf = Path.Combine(root, "data", "certbot", "conf");
        Directory.CreateDirectory(Path.Combine(conf, "live"));
        File.WriteAllText(Path.Combine(root, "docker-compose.yml"), "services: {}\n");
    }

    public string Root { get; }

    /// <summary>Adds a certificate, and makes nginx use it.</summary>
    public Checkout Add(string name, TestCertificate certificate, string server = AcmeOptions.LetsEncrypt)
    {
        var (archive, live) = (Path.Combine(conf, "archive", name), Path.Combine(conf, "live", name));
        Directory.CreateDirectory(archive);
        Directory.CreateDirectory(live);
        Directory.CreateDirectory(Path.Combine(conf, "renewal"));
        File.WriteAllText(Path.Combine(conf, "live", "README"), "This directory contains your keys and certificates.\n");
        foreach (var (file, text) in new[] { ("fullchain", certificate.ChainPem), ("privkey", certificate.KeyPem) })
        {
            File.WriteAllText(Path.Combine(archive, file + "1.pem"), text);
            File.CreateSymbolicLink(Path.Combine(live, file + ".pem"), $"../../archive/{name}/{file}1.pem");
        }
        File.WriteAllText(Path.Combine(conf, "renewal", name + ".conf"), $"""
            version = 2.11.0
            archive_dir = /etc/letsencrypt/archive/{name}

            [renewalparams]
            authenticator = standalone
            server = {server}
            key_type = ecdsa

            """);
        File.Delete(Path.Combine(conf, "active"));
        File.CreateSymbolicLink(Path.Combine(conf, "active"), $"/etc/letsencrypt/live/{name}/");
        return this;
    }

    /// <summary>Every path with its content's digest, except the link that only a container can follow.</summary>
    public IReadOnlyList<string> Files() =>
        [
            .. Directory
                .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Where(static path => Path.GetFileName(path) != "active")
                .Order(StringComparer.Ordinal)
                .Select(static path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"),
        ];

    public static TestCertificate Expired(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.Parse("2024-10-01T00:00:00Z", CultureInfo.InvariantCulture),
            DateTimeOffset.Parse("2025-01-01T00:00:00Z", CultureInfo.InvariantCulture));
        return new(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
