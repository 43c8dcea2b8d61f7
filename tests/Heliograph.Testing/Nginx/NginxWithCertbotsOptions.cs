using System.Net;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Nginx;

/// <summary>A real nginx that serves https as certbot configures it (options-ssl-nginx.conf): what Heliograph's listener must look like.</summary>
public sealed class NginxWithCertbotsOptions : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private NginxProcess? nginx;

    private NginxWithCertbotsOptions()
    {
    }

    public IPEndPoint EndPoint { get; } = LoopbackPort.Free();

    public static async Task<NginxWithCertbotsOptions> StartAsync(TestCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var site = new NginxWithCertbotsOptions();
        var (chain, key) = certificate.WriteTo(site.directory);
        try
        {
            site.nginx = await NginxProcess.StartAsync(site.directory, Contexts(site.EndPoint, chain, key), site.EndPoint);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
            await nginx.DisposeAsync();
        directory.Dispose();
    }

    private static string Contexts(IPEndPoint endPoint, string chain, string key) => $$"""
        events { worker_connections 1024; }
        http {
            access_log off;
            ssl_session_cache shared:le_nginx_SSL:10m;
            ssl_session_timeout 1440m;
            ssl_session_tickets off;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_prefer_server_ciphers off;
            ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
            server {
                listen {{endPoint}} ssl http2;
                ssl_certificate {{chain}};
                ssl_certificate_key {{key}};
                return 204;
            }
        }
        """;
}
