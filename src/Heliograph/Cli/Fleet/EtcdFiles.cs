using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Platform;

namespace Heliograph.Cli.Fleet;

/// <summary>What a new etcd needs to serve a fleet: its configuration, and a certificate that its clients know by its key alone.</summary>
internal static class EtcdFiles
{
    public const int DefaultPort = 2379;

    private const string Configuration = "etcd.yaml";
    private const string Chain = "etcd.pem";
    private const string Key = "etcd-key.pem";

    /// <summary>Nobody looks at its end: the key is pinned.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <returns>The pin: SHA-256 of the public key.</returns>
    /// <exception cref="StartException">They cannot be written, or are there already.</exception>
    public static string Write(string directory, string address, int port, DateTimeOffset now)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new StartException($"{directory} is not empty; name another directory, or delete it if no etcd uses it");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateCertificate(key, address, now);
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, Configuration), Text(Path.GetFullPath(directory), address, port));
            File.WriteAllText(Path.Combine(directory, Chain), certificate.ExportCertificatePem() + "\n");
            using var file = new FileStream(Path.Combine(directory, Key), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using var writer = new StreamWriter(file);
            writer.Write(key.ExportPkcs8PrivateKeyPem() + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{directory} cannot be written: {FileProblem.Describe(exception)}");
        }
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static X509Certificate2 CreateCertificate(ECDsa key, string address, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=etcd", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(Parse(address));
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + Lifetime);
    }

    private static IPAddress Parse(string address) => InternetAddress.TryParse(address, out var parsed)
        ? parsed
        : throw new StartException($"{address} is no address; etcd listens on addresses only, such as 10.0.0.1");

    private static string Text(string directory, string address, int port)
    {
        var host = new IPEndPoint(Parse(address), port);
        return $"""
            # One etcd for a fleet of Heliograph, written by: heliograph fleet etcd
            # It stores sealed documents only, and may be lost: the machines fill an empty one again.
            name: heliograph
            data-dir: /var/lib/etcd/heliograph
            logger: zap
            listen-client-urls: https://{host}
            advertise-client-urls: https://{host}
            client-transport-security:
              cert-file: {directory}/{Chain}
              key-file: {directory}/{Key}
            # Heliograph speaks to it by this; without a configuration file it is on by itself.
            enable-grpc-gateway: true
            # One member talks to nobody.
            listen-peer-urls: http://127.0.0.1:2380
            initial-advertise-peer-urls: http://127.0.0.1:2380
            initial-cluster: heliograph=http://127.0.0.1:2380
            auto-compaction-mode: periodic
            auto-compaction-retention: 1h

            """;
    }
}
