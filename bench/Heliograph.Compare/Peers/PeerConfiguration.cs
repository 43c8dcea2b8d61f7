using System.Net;
using Heliograph.Compare.Load;

namespace Heliograph.Compare.Peers;

/// <summary>The configuration of each proxy: as an operator would have it, with one worker each, since each has one core.</summary>
internal static class PeerConfiguration
{
    // certbot's options-ssl-nginx.conf.
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    /// <param name="listen">Where.</param>
    /// <param name="upstream">Stands in for Signal.</param>
    /// <param name="certificates">What it presents.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="site">A directory to show to visitors; null: the built-in site.</param>
    public static string Heliograph(
        IPEndPoint listen, IPEndPoint upstream, Certificates certificates, string state, string? site) => $$"""
        domains: [{{Certificates.Domain}}]
        listen: ["{{listen}}"]
        http: { listen: [] }
        certificate:
          source: files
          chain: {{certificates.ChainFile}}
          key: {{certificates.KeyFile}}
        routes:
          sets: []
          hosts: { {{Traffic.HostName}}: "{{upstream}}" }
        decoy: { {{(site is null ? "site: built-in" : $"directory: {site}")}} }
        metrics: { listen: [] }
        limits: { max_connections_per_source: 6000 } # the load is one source
        state_directory: {{state}}

        """;

    /// <summary>
    /// The first nginx of Signal-TLS-Proxy's pair. Left out: port 80, and the DH parameters, which an ECDSA certificate cannot use.
    /// Raised: worker_connections, 1024 there, which holds 512 sessions.
    /// </summary>
    public static string NginxTerminate(
        string directory, IPEndPoint listen, IPEndPoint relay, Certificates certificates, int connections) => $$"""
        load_module {{Installed.NginxStreamModule}};
        daemon off;
        worker_processes 1;
        pid {{directory}}/terminate.pid;
        error_log {{directory}}/terminate.log;

        events {
            worker_connections {{connections}};
        }

        stream {
            upstream relay {
                server {{relay}};
            }

            server {
                listen              {{listen}} ssl;
                proxy_pass          relay;

                access_log          off;
                error_log           /dev/null;

                ssl_certificate     {{certificates.ChainFile}};
                ssl_certificate_key {{certificates.KeyFile}};

                ssl_session_cache   shared:le_nginx_SSL:10m;
                ssl_session_timeout 1440m;
                ssl_session_tickets off;
                ssl_protocols       TLSv1.2 TLSv1.3;
                ssl_prefer_server_ciphers off;
                ssl_ciphers         "{{Ciphers}}";
            }
        }

        """;

    /// <summary>The second nginx of the pair, with one of its routes.</summary>
    public static string NginxRelay(string directory, IPEndPoint listen, IPEndPoint upstream, int connections) => $$"""
        load_module {{Installed.NginxStreamModule}};
        daemon off;
        worker_processes 1;
        pid {{directory}}/relay.pid;
        error_log {{directory}}/relay.log;

        events {
            worker_connections {{connections}};
        }

        stream {
            map $ssl_preread_server_name $name {
                {{Traffic.HostName}} signal-service;
                default              deny;
            }

            upstream signal-service {
                server {{upstream}};
            }

            upstream deny {
                server 127.0.0.1:9;
            }

            server {
                listen      {{listen}};
                proxy_pass  $name;
                ssl_preread on;
                error_log   /dev/null;
                access_log  off;
            }
        }

        """;

    /// <summary>
    /// HAProxy in the cheapest form that does the work. Behind a bind that terminates TLS, req.ssl_sni reads the decrypted bytes, here
    /// the inner hello; so one frontend is enough, where how-tos chain two over a socket. The client's cipher order and no tickets, as
    /// with nginx.
    /// </summary>
    public static string HaProxy(IPEndPoint listen, IPEndPoint upstream, Certificates certificates, string map, int sessions) => $$"""
        global
            nbthread 1
            maxconn {{sessions}}
            ssl-default-bind-ciphers {{Ciphers}}
            ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets prefer-client-ciphers

        defaults
            mode tcp
            timeout connect 10s
            timeout client 10m
            timeout server 10m

        frontend tls
            bind {{listen}} ssl crt {{certificates.CombinedFile}}
            tcp-request inspect-delay 30s
            tcp-request content accept if { req.ssl_hello_type 1 }
            use_backend %[req.ssl_sni,lower,map({{map}},deny)]

        backend signal
            server upstream {{upstream}}

        backend deny
            tcp-request content reject

        """;
}
