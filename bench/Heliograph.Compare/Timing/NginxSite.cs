using System.Net;
using System.Net.Sockets;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Timing;

/// <summary>An nginx as Debian and certbot configure it, with the page that the program shows.</summary>
internal sealed class NginxSite : IDisposable
{
    private readonly ProxyProcess process;

    public NginxSite(PeerRoot system, string directory, Certificates certificates, byte[] page, ProcessorPlan processors)
    {
        var root = Directory.CreateDirectory(Path.Combine(directory, "www")).FullName;
        File.WriteAllBytes(Path.Combine(root, "index.html"), page);
        // The worker is another user's than the one who may have made the directory.
        for (var above = new DirectoryInfo(root); above.FullName != Path.GetTempPath().TrimEnd('/'); above = above.Parent!)
            above.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var file = Path.Combine(directory, "nginx.conf");
        Address = FreePort();
        File.WriteAllText(file, $$"""
            daemon off;
            worker_processes auto;
            pid {{directory}}/nginx.pid;
            error_log {{directory}}/nginx.log;
            events { worker_connections 768; }
            http {
                sendfile on;
                tcp_nopush on;
                include /etc/nginx/mime.types;
                default_type application/octet-stream;
                access_log off;
                gzip on;
                server_tokens off;
                ssl_session_cache shared:le_nginx_SSL:10m;
                ssl_session_timeout 1440m;
                ssl_session_tickets off;
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_prefer_server_ciphers off;
                server {
                    listen {{Address}} ssl http2;
                    ssl_certificate {{certificates.ChainFile}};
                    ssl_certificate_key {{certificates.KeyFile}};
                    root {{root}};
                    index index.html;
                }
            }

            """);
        process = ProxyProcess.Start(
            processors.OfProxies,
            Path.Combine(directory, "output"),
            system.Enter(Installed.Find("nginx", system)!, "-p", directory, "-e", Path.Combine(directory, "nginx.log"), "-c", file));
    }

    public IPEndPoint Address { get; }

    public void WaitUntilReady()
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (true)
        {
            if (process.HasExited)
                throw new CompareException($"nginx ended instead of serving: {process.LastWords()}");
            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(Address);
                return;
            }
            catch (SocketException) when (Environment.TickCount64 < deadline)
            {
                Thread.Sleep(20);
            }
        }
    }

    public void Dispose() => process.Dispose();

    private static IPEndPoint FreePort()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)holder.LocalEndPoint!;
    }
}
