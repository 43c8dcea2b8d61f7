using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.Nginx;

/// <summary>A small web site served by a real nginx: HTTP/1.1 on TCP and on a unix socket, HTTP/2 with prior knowledge on TCP and on a unix socket.</summary>
public sealed class NginxSite : IAsyncDisposable
{
    /// <summary>What is on the front page.</summary>
    public const string FrontPage = "<!DOCTYPE html><title>Rowing club</title><h1>Rowing club</h1><p>The boathouse opens at seven.</p>\n";

    private readonly TempDirectory directory = new();
    private NginxProcess? nginx;

    private NginxSite()
    {
    }

    public IPEndPoint Http1 { get; } = LoopbackPort.Free();

    public IPEndPoint Http2 { get; } = LoopbackPort.Free();

    public string Http1Socket => directory["h1.sock"];

    public string Http2Socket => directory["h2.sock"];

    public static async Task<NginxSite> StartAsync()
    {
        var site = new NginxSite();
        Directory.CreateDirectory(site.directory["www"]);
        site.directory.Write("www/index.html", FrontPage);
        var contexts = $$"""
            events { worker_connections 1024; }
            http {
                access_log off;
                server {
                    listen {{site.Http1}};
                    listen unix:{{site.Http1Socket}};
                    listen {{site.Http2}} http2;
                    listen unix:{{site.Http2Socket}} http2;
                    root {{site.directory["www"]}};
                    types { text/html html; }
                }
            }
            """;
        site.nginx = await NginxProcess.StartAsync(
            site.directory, contexts, site.Http1, site.Http2, new UnixDomainSocketEndPoint(site.Http1Socket), new UnixDomainSocketEndPoint(site.Http2Socket));
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
            await nginx.DisposeAsync();
        directory.Dispose();
    }
}
