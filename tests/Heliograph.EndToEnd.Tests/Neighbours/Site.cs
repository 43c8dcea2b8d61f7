using System.Net;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Neighbours;

/// <summary>
/// Another web server with its own certificate, set up as docs/operating/beside-a-web-server.md says.
/// Its one page is the visitor's address.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Name = "www.example.org";

    /// <summary>An address that no other client here uses.</summary>
    public static readonly IPAddress VisitorAddress = IPAddress.Parse("127.9.8.7");

    private const string Document = "beside-a-web-server.md";

    private readonly TempDirectory directory = new();
    private IAsyncDisposable? server;

    private Site()
    {
    }

    public TestAuthority Authority { get; } = new("Somebody else");

    public IPEndPoint Endpoint { get; } = LoopbackPort.Free();

    public static Task<Site> StartNginxAsync() => StartAsync(async (site, chain, key) => await NginxProcess.StartAsync(
        NginxProcess.CreatePrefix(),
        DocumentedConfiguration.Read(
            Document, "nginx",
            ("127.0.0.1:8443", site.Endpoint.ToString()),
            ($"/etc/letsencrypt/live/{Name}/fullchain.pem", chain),
            ($"/etc/letsencrypt/live/{Name}/privkey.pem", key),
            ("root /var/www/html;", "location / { return 200 $remote_addr; }")),
        "",
        [site.Endpoint.ToString()]));

    public static Task<Site> StartHaProxyAsync() =>
        StartAsync(
            async (site, chain, key) =>
                await Neighbour.StartHaProxyAsync(
                    DocumentedConfiguration.Read(
                        Document,
                        "HAProxy",
                        ("127.0.0.1:8443", site.Endpoint.ToString()),
                        (
                            $"/etc/haproxy/{Name}.pem",
                            site.directory.Write(
                                "both.pem", await File.ReadAllTextAsync(chain, Bound.Token) + await File.ReadAllTextAsync(key, Bound.Token))
                        ),
                        ("default_backend site", "http-request return status 200 content-type text/plain lf-string %[src]")),
                    site.Endpoint));

    public static Task<Site> StartCaddyAsync() => StartAsync(async (site, chain, key) => await Neighbour.StartCaddyAsync(
        DocumentedConfiguration.Read(
            Document, "Caddy",
            ("https_port 8443", $"https_port {site.Endpoint.Port}\n    auto_https disable_redirects\n    admin off"),
            ("root * /var/www/html", $"tls {chain} {key}"),
            ("file_server", "respond {remote_host}")),
        site.Endpoint));

    /// <summary>The page through the program that listens at <paramref name="through"/>.</summary>
    public Task<Page> GetAsync(IPEndPoint through, Version version) =>
        Visitor.GetAsync(through, Authority, Name, version, from: VisitorAddress);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Authority.Dispose();
        directory.Dispose();
    }

    private static async Task<Site> StartAsync(Func<Site, string, string, Task<IAsyncDisposable>> start)
    {
        var site = new Site();
        try
        {
            var (chain, key) = site.Authority.Issue(TestKey.Ecdsa, Name).WriteTo(site.directory);
            site.server = await start(site, chain, key);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }
}
