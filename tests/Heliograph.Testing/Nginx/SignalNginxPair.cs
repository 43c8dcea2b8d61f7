using System.Net;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// Signal's own proxy: one nginx that terminates the outer TLS, one that relays by the inner SNI (Signal-TLS-Proxy cf152e8, with certbot's
/// options). Here both are in one process, and a denied name gets a web site instead of a closed connection. Relay tests that
/// pass against it test what a relay must do, not how this one does it.
/// </summary>
public sealed class SignalNginxPair : IAsyncDisposable
{
    private readonly TempDirectory certificates = new();
    private NginxSite? site;
    private NginxProcess? nginx;

    private SignalNginxPair()
    {
    }

    public IPEndPoint Endpoint { get; } = LoopbackPort.Free();

    public static async Task<SignalNginxPair> StartAsync(TestCertificate certificate, IReadOnlyDictionary<string, IPEndPoint> routes)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(routes);
        var pair = new SignalNginxPair();
        pair.site = await NginxSite.StartAsync();
        var (chain, key) = certificate.WriteTo(pair.certificates);
        var stream = $$"""
            load_module {{ComparedNginx.StreamModule}};
            stream {
                map $ssl_alpn_protocol $stage { h2 unix:{{pair.site.Http2Socket}}; default unix:PREFIX/relay.sock; }
                map $ssl_preread_server_name $target {
                    {{string.Join('\n', routes.Select(route => $"{route.Key} {route.Value};"))}}
                    default unix:{{pair.site.Http1Socket}};
                }
                proxy_half_close on;
                server {
                    listen {{pair.Endpoint}} ssl;
                    ssl_certificate {{chain}};
                    ssl_certificate_key {{key}};
                    ssl_session_cache shared:le_nginx_SSL:10m;
                    ssl_session_timeout 1440m;
                    ssl_session_tickets off;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_prefer_server_ciphers off;
                    ssl_ciphers {{NginxWithCertbotsOptions.CertbotCiphers}};
                    ssl_alpn h2 http/1.1;
                    proxy_pass $stage;
                }
                server {
                    listen unix:PREFIX/relay.sock;
                    ssl_preread on;
                    proxy_pass $target;
                }
            }
            """;
        pair.nginx = await NginxProcess.StartAsync(
            NginxProcess.CreatePrefix(), "", stream, ["PREFIX/relay.sock", pair.Endpoint.ToString()]);
        return pair;
    }

    /// <summary>Master and workers together.</summary>
    public long ResidentBytes() => Processes.ResidentBytes(nginx!.Id) + Processes.Children(nginx.Id).Sum(Processes.ResidentBytes);

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
            await nginx.DisposeAsync();
        if (site is not null)
            await site.DisposeAsync();
        certificates.Dispose();
    }
}
