using System.Net;
using Heliograph.Compare.Load;

namespace Heliograph.Compare.Peers;

/// <summary>The configuration of each proxy: as an operator would have it, with a worker for each of its processors.</summary>
internal static class PeerConfiguration
{
    // certbot's options-ssl-nginx.conf.
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    /// <param name="listen">Where.</param>
    /// <param name="upstreams">Stand in for Signal, one for each lane.</param>
    /// <param name="certificates">What it presents.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="connections">The most from one source: the load is one.</param>
    /// <param name="site">A directory to show to visitors; null: the built-in site.</param>
    public static string Heliograph(
        IPEndPoint listen, IReadOnlyList<IPEndPoint> upstreams, Certificates certificates, string state, int connections,
        string? site) => $$"""
        domains: [{{Certificates.Domain}}]
        listen: ["{{listen}}"]
        http: { listen: [] }
        certificate:
          source: files
          chain: {{certificates.ChainFile}}
          key: {{certificates.KeyFile}}
        routes:
          sets: []
          hosts: { {{string.Join(", ", upstreams.Select((upstream, lane) => $"{Lanes.Host(lane)}: \"{upstream}\""))}} }
        decoy: { {{(site is null ? "site: built-in" : $"directory: {site}")}} }
        metrics: { listen: [] }
        limits: { max_connections_per_source: {{Math.Max(connections, 6000)}} }
        state_directory: {{state}}

        """;

    /// <summary>
    /// The first nginx of Signal-TLS-Proxy's pair. Left out: port 80, and the DH parameters, which an ECDSA certificate cannot use.
    /// Raised: worker_connections, 1024 there, which holds 512 sessions.
    /// </summary>
    public static string NginxTerminate(
        string directory, IPEndPoint listen, IReadOnlyList<IPEndPoint> relays, Certificates certificates, int connections,
        int workers) => $$"""
        load_module {{Installed.NginxStreamModule}};
        daemon off;
        worker_processes {{workers}};
        pid {{directory}}/terminate.pid;
        error_log {{directory}}/terminate.log;

        events {
            worker_connections {{connections}};
        }

        stream {
            upstream relay {
                {{string.Join(' ', relays.Select(static relay => $"server {relay};"))}}
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
    public static string NginxRelay(
        string directory, IReadOnlyList<IPEndPoint> listen, IReadOnlyList<IPEndPoint> upstreams, int connections, int workers) => $$"""
        load_module {{Installed.NginxStreamModule}};
        daemon off;
        worker_processes {{workers}};
        pid {{directory}}/relay.pid;
        error_log {{directory}}/relay.log;

        events {
            worker_connections {{connections}};
        }

        stream {
            map $ssl_preread_server_name $name {
                {{string.Join(' ', upstreams.Select(static (_, lane) => $"{Lanes.Host(lane)} signal-service-{lane};"))}}
                default              deny;
            }

            {{string.Join(' ', upstreams.Select(static (upstream, lane) => $"upstream signal-service-{lane} {{ server {upstream}; }}"))}}

            upstream deny {
                server 127.0.0.1:9;
            }

            server {
                {{string.Join(' ', listen.Select(static endpoint => $"listen {endpoint};"))}}
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
    public static string HaProxy(
        IPEndPoint listen, IReadOnlyList<IPEndPoint> upstreams, Certificates certificates, string map, int sessions,
        int workers = 1) => $$"""
        global
            nbthread {{workers}}
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

        {{string.Join('\n', upstreams.Select(static (upstream, lane) => $"backend signal-{lane}\n    server upstream {upstream}"))}}

        backend deny
            tcp-request content reject

        """;

    /// <summary>Which backend has which name.</summary>
    public static string HaProxyMap(int lanes) =>
        string.Concat(Enumerable.Range(0, lanes).Select(static lane => $"{Lanes.Host(lane)} signal-{lane}\n"));
}
