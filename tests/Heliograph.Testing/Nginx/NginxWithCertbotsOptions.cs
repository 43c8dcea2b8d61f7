using System.Net;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// A real nginx that serves https as certbot configures it (options-ssl-nginx.conf): what Heliograph's listener must look like.
/// </summary>
public sealed class NginxWithCertbotsOptions : IAsyncDisposable
{
    /// <summary>certbot's ssl-dhparams.pem: the group ffdhe2048 of RFC 7919.</summary>
    private const string Ffdhe2048 =
        """
        -----BEGIN DH PARAMETERS-----
        MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
        +8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
        87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
        YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
        7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
        ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
        -----END DH PARAMETERS-----
        """;

    /// <summary>The list of certbot's options-ssl-nginx.conf.</summary>
    internal const string CertbotCiphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384" +
        ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    private readonly TempDirectory directory = new();
    private NginxProcess? nginx;

    private NginxWithCertbotsOptions()
    {
    }

    public IPEndPoint EndPoint { get; } = LoopbackPort.Free();

    /// <param name="certificate">What it serves.</param>
    /// <param name="server">More directives of <c>server { }</c>: the site.</param>
    public static async Task<NginxWithCertbotsOptions> StartAsync(TestCertificate certificate, string server = "return 204;")
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var site = new NginxWithCertbotsOptions();
        var (chain, key) = certificate.WriteTo(site.directory);
        File.WriteAllText(site.directory["dhparam.pem"], Ffdhe2048);
        try
        {
            site.nginx = await NginxProcess.StartAsync(
                NginxProcess.CreatePrefix(),
                Http(site.EndPoint, chain, key, site.directory["dhparam.pem"], server),
                "",
                [site.EndPoint.ToString()]);
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

    private static string Http(IPEndPoint endPoint, string chain, string key, string dhparam, string server) => $$"""
        ssl_session_cache shared:le_nginx_SSL:10m;
        ssl_session_timeout 1440m;
        ssl_session_tickets off;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_prefer_server_ciphers off;
        ssl_ciphers {{CertbotCiphers}};
        ssl_dhparam {{dhparam}};
        server {
            listen {{endPoint}} ssl http2;
            ssl_certificate {{chain}};
            ssl_certificate_key {{key}};
            {{server}}
        }
        """;
}
