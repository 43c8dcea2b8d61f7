using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Heliograph.Relay.Tests.Fingerprints;

/// <summary>A real nginx that serves https as certbot configures it (options-ssl-nginx.conf), on a port of its own.</summary>
internal sealed class NginxWithCertbotsOptions : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";
    private const int Attempts = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly DirectoryInfo folder;
    private readonly Task log;

    private NginxWithCertbotsOptions(Process process, DirectoryInfo folder, IPEndPoint endPoint)
    {
        this.process = process;
        this.folder = folder;
        EndPoint = endPoint;
        log = process.StandardError.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<NginxWithCertbotsOptions> StartAsync(string chainPem, string keyPem, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Program), "nginx is not installed: apt-get install nginx-light.");
        var seen = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("heliograph-nginx-");
            var endPoint = FreeEndPoint();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "chain.pem"), chainPem, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "key.pem"), keyPem, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nginx.conf"), Configuration(endPoint), cancellationToken);
            var process = Process.Start(new ProcessStartInfo(Program, ["-p", folder.FullName, "-c", "nginx.conf", "-e", "stderr"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            (var started, seen) = await WaitForStartAsync(process, cancellationToken);
            if (started)
                return new NginxWithCertbotsOptions(process, folder, endPoint);

            // Somebody else took the port in between.
            await EndAsync(process);
            folder.Delete(recursive: true);
        }

        throw new InvalidOperationException($"nginx did not start in {Attempts} attempts. It said:\n{seen}");
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(process);
        await log;
        process.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>nginx says "start worker process" when its sockets listen.</summary>
    private static async Task<(bool Started, string Log)> WaitForStartAsync(Process process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var log = "";
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            log += line + "\n";
            if (line.Contains("start worker process", StringComparison.Ordinal))
                return (true, log);
            if (line.Contains("[emerg]", StringComparison.Ordinal))
                break;
        }

        return (false, log);
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static string Configuration(IPEndPoint endPoint) => $$"""
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        error_log stderr notice;
        events { worker_connections 64; }
        http {
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            ssl_session_cache shared:le_nginx_SSL:10m;
            ssl_session_timeout 1440m;
            ssl_session_tickets off;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_prefer_server_ciphers off;
            ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
            server {
                listen {{endPoint}} ssl http2;
                ssl_certificate chain.pem;
                ssl_certificate_key key.pem;
                return 204;
            }
        }
        """;
}
