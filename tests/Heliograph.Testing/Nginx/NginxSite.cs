using System.Net;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// A small web site served by a real nginx: HTTP/1.1 on TCP and on a unix socket, HTTP/2 with prior knowledge on TCP and on a unix socket.
/// </summary>
public sealed class NginxSite : IAsyncDisposable
{
    /// <summary>The front page.</summary>
    public const string FrontPage = "<!DOCTYPE html><title>Rowing club</title><h1>Rowing club</h1><p>The boathouse opens at seven.</p>\n";

    private readonly string prefix = NginxProcess.CreatePrefix();
    private NginxProcess? nginx;

    private NginxSite()
    {
    }

    public IPEndPoint Http1 { get; } = LoopbackPort.Free();

    public IPEndPoint Http2 { get; } = LoopbackPort.Free();

    public string Http1Socket => Path.Combine(prefix, "h1.sock");

    public string Http2Socket => Path.Combine(prefix, "h2.sock");

    public static async Task<NginxSite> StartAsync()
    {
        var site = new NginxSite();
        var root = Directory.CreateDirectory(Path.Combine(site.prefix, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(root, "index.html"), FrontPage);
        var http = $$"""
            server {
                listen {{site.Http1}};
                listen unix:{{site.Http1Socket}};
                listen {{site.Http2}} http2;
                listen unix:{{site.Http2Socket}} http2;
                root {{root}};
                types { text/html html; }
            }
            """;
        site.nginx = await NginxProcess.StartAsync(
            site.prefix, http, "", [site.Http1Socket, site.Http2Socket, site.Http1.ToString(), site.Http2.ToString()]);
        return site;
    }

    public ValueTask DisposeAsync() => nginx?.DisposeAsync() ?? ValueTask.CompletedTask;
}
