using System.Text;
using Heliograph.Acme;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Setup;

/// <summary>
/// A checkout of signalapp/Signal-TLS-Proxy with the certificate from its certbot. It is only read, so going back stays possible.
/// </summary>
internal sealed record ProxyCheckout
{
    /// <summary>
    /// The path of data/certbot/conf inside the containers: symbolic links of certbot or of the checkout's script may point there.
    /// </summary>
    private const string ContainersConf = "/etc/letsencrypt/";

    /// <summary>The directory of docker-compose.yml.</summary>
    public required string Root { get; init; }

    public required string ChainPem { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>The names of the certificate; the one that it is stored under comes first.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The directory of the authority that issued it.</summary>
    public required string Authority { get; init; }

    /// <param name="root">The directory that the operator named.</param>
    /// <param name="name">Which certificate, if there are several; null: the one in use.</param>
    /// <exception cref="StartException">There is no such checkout, or no readable certificate in it.</exception>
    public static ProxyCheckout Read(string root, string? name)
    {
        root = Path.GetFullPath(root);
        var conf = Path.Combine(root, "data", "certbot", "conf");
        try
        {
            if (!Directory.Exists(conf))
                throw new StartException(
                    $"--from-signal-tls-proxy: there is no data/certbot/conf in {root}; give the directory in which init-certificate.sh " +
                    "was run (docker compose ls shows it)",
                    ExitCode.BadUsage);
            var live = Choose(conf, name);
            var (chain, key) = (ReadFile(conf, Path.Combine(live, "fullchain.pem")), ReadFile(conf, Path.Combine(live, "privkey.pem")));
            var certificate = PemCertificate.Read(chain, key);
            return new()
            {
                Root = root,
                ChainPem = chain,
                KeyPem = key,
                Names = [.. certificate.Names.OrderBy(other => other != Path.GetFileName(live))],
                NotAfter = certificate.NotAfter,
                Authority = ReadAuthority(Path.Combine(conf, "renewal", Path.GetFileName(live) + ".conf")) ?? AcmeOptions.LetsEncrypt,
            };
        }
        catch (Exception exception) when (exception is CertificateException or PemException)
        {
            throw new StartException($"--from-signal-tls-proxy: the certificate in {conf} cannot be used: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"--from-signal-tls-proxy: {conf} cannot be read by user {Environment.UserName} ({FileProblem.Describe(exception)}); its " +
                "certbot runs as root: use sudo");
        }
    }

    /// <summary>The directory of the certificate below live/: the one named, else the one that nginx uses, else the only one.</summary>
    private static string Choose(string conf, string? name)
    {
        var live = Path.Combine(conf, "live");
        List<string> all = Directory.Exists(live)
            ?
            [
                .. Directory
                    .EnumerateDirectories(live)
                    .Where(static directory => Path.GetFileName(directory) is not "README")
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        if (all.Count == 0)
            throw new StartException(
                $"--from-signal-tls-proxy: there is no certificate in {live}; if the proxy never had one: heliograph init --domain NAME");
        // init-certificate.sh: ln -fs /etc/letsencrypt/live/NAME/ /etc/letsencrypt/active
        name ??= new FileInfo(Path.Combine(conf, "active")).LinkTarget is { } active ? Path.GetFileName(active.TrimEnd('/')) : null;
        if (all.Find(directory => Path.GetFileName(directory) == name) is { } chosen)
            return chosen;
        return all is [var only]
            ? only
            : throw new StartException(
                $"--from-signal-tls-proxy: there are several certificates: {string.Join(", ", all.Select(Path.GetFileName))}; " +
                "choose one with --domain NAME",
                ExitCode.BadUsage);
    }

    private static string ReadFile(string conf, string path)
    {
        var link = new FileInfo(path).LinkTarget;
        if (link?.StartsWith(ContainersConf, StringComparison.Ordinal) == true)
            path = Path.Combine(conf, link[ContainersConf.Length..]);
        return Encoding.UTF8.GetString(PemFile.Read(path).Bytes.Span);
    }

    /// <summary>certbot writes <c>server = https://…</c> into each certificate's renewal file.</summary>
    private static string? ReadAuthority(string renewal) =>
        !File.Exists(renewal)
            ? null
            : File.ReadLines(renewal)
                .Take(1000)
                .Select(static line => line.Split('=', 2, StringSplitOptions.TrimEntries))
                .FirstOrDefault(static pair => pair is ["server", _])
                ?[1];
}
