using System.Net;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Nginx;

/// <summary>A real nginx that terminates TLS in its stream module, with limit_conn for each address: the model for a refusal.</summary>
public sealed class NginxWithLimit : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private NginxProcess? nginx;

    private NginxWithLimit()
    {
    }

    public IPEndPoint EndPoint { get; } = LoopbackPort.Free();

    public static async Task<NginxWithLimit> StartAsync(TestCertificate certificate, int connections)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var server = new NginxWithLimit();
        var (chain, key) = certificate.WriteTo(server.directory);
        var stream = $$"""
            load_module {{ComparedNginx.StreamModule}};
            stream {
                limit_conn_zone $binary_remote_addr zone=sources:1m;
                server {
                    listen unix:PREFIX/ready.sock;
                    return ok;
                }
                server {
                    listen {{server.EndPoint}} ssl;
                    limit_conn sources {{connections}};
                    ssl_certificate {{chain}};
                    ssl_certificate_key {{key}};
                    proxy_pass 127.0.0.1:9;
                }
            }
            """;
        // The port itself is not probed: that connection would be counted.
        server.nginx = await NginxProcess.StartAsync(NginxProcess.CreatePrefix(), "", stream, ["PREFIX/ready.sock"]);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
            await nginx.DisposeAsync();
        directory.Dispose();
    }
}
