using System.Net;
using Heliograph.Acme;
using Heliograph.Configuration;
using Heliograph.Relay;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Web;

namespace Heliograph.Tests.Configuration;

/// <summary>The environment over the file. Flags over both are tested with the program.</summary>
public sealed class LayeringTests
{
    [Fact]
    public void Without_a_file_a_domain_is_all_that_is_needed()
    {
        var settings = Loaded.Settings(null, ("HELIOGRAPH__DOMAINS", "Proxy.Example.ORG"));
        Assert.Equal(["proxy.example.org"], settings.Domains);
        Assert.Equal([IPEndPoint.Parse("[::]:443")], settings.Listen);
        Assert.Equal([IPEndPoint.Parse("[::]:80")], settings.HttpListen);
        Assert.Equal(CertificateOrigin.Acme, settings.Certificate.Source);
        Assert.Equal(["signal"], settings.Routes.Sets);
        Assert.Equal(new DecoySettings(), settings.Decoy);
        Assert.Equal(TlsHandshake.Auto, settings.Handshake);
        Assert.Null(settings.Limits.MaxConnections);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.Limits.Relay.HandshakeTimeout);
        Assert.Equal(TimeSpan.FromMinutes(10), settings.Limits.Relay.IdleTimeout);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:9464")], settings.MetricsListen);
        Assert.True(settings.IsMetricsListenDefault);
        Assert.Equal(new AlertSettings { SelfCheck = TimeSpan.FromHours(1) }, settings.Alerts);
        Assert.Equal("/var/lib/heliograph", settings.StateDirectory);
    }

    [Fact]
    public void Every_key_of_the_file_is_read()
    {
        var settings = Loaded.Settings("""
            domains: [proxy.example.org, 192.0.2.1, "2001:DB8::1"]
            listen: ["[::1]:8443", "127.0.0.1:0"]
            http: { listen: [] }
            certificate: { source: files, chain: /c/fullchain.pem, key: /c/privkey.pem }
            acme:
              directory: https://acme.example/dir
              email: me@example.org
              staging_directory: https://acme.example/staging
              challenges: [http-01, dns-01]
              profile: shortlived
              key_type: rsa-2048
              ca_root: /c/root.pem
              eab: { key_id: kid, hmac_key: QUJD }
              preferred_chain: ISRG Root X1
              failover:
                directory: https://two.example/dir
                staging_directory: https://two.example/s
                email: two@example.org
                profile: p
                ca_root: /c/2.pem
                preferred_chain: R
                eab: { key_id: k2, hmac_key: REVG }
              dns:
                hook: /c/hook
                hook_timeout: 7s
                rfc2136:
                  { server: "192.0.2.1:53", key_name: k, key_secret: QUJD, algorithm: hmac-sha512, zone: example.org, transport: tcp }
                visible_at: ["192.0.2.2", "[2001:db8::1]:53"]
                visible_timeout: 8s
            routes:
              sets: [signal-staging]
              hosts: { Chat.Signal.Org: "127.0.0.1:19000", other.example: "unix:/run/x.sock" }
            decoy: { upstream: "unix:/run/site.sock", upstream_h2: "127.0.0.1:8081" }
            tls: { handshake: libssl }
            relay: { first_flight_padding: on }
            limits:
              { max_connections: 5000, handshake_timeout: 500ms, hello_timeout: 2s, connect_timeout: 3s, idle_timeout: 1h,
                drain_timeout: 0s }
            metrics: { listen: ["127.0.0.1:9465"] }
            alerts: { exec: /bin/true, webhook: "https://hooks.example.org/abc", self_check: off, self_check_address: "[2001:DB8::1]:8443" }
            state_directory: /tmp/state
            """);
        Assert.Equal(["proxy.example.org", "192.0.2.1", "2001:db8::1"], settings.Domains);
        Assert.Equal([IPEndPoint.Parse("[::1]:8443"), IPEndPoint.Parse("127.0.0.1:0")], settings.Listen);
        Assert.Empty(settings.HttpListen);
        Assert.Equal(new(CertificateOrigin.Files, "/c/fullchain.pem", "/c/privkey.pem"), settings.Certificate);
        Assert.Equal("https://acme.example/dir", settings.Acme.Directory);
        Assert.Equal("me@example.org", settings.Acme.Email);
        Assert.Equal(["http-01", "dns-01"], settings.Acme.Challenges);
        Assert.Equal("shortlived", settings.Acme.Profile);
        Assert.Equal("rsa-2048", settings.Acme.KeyType);
        Assert.Equal("/c/root.pem", settings.Acme.CaRoot);
        Assert.Equal("https://acme.example/staging", settings.Acme.StagingDirectory);
        Assert.Equal(new EabOptions { KeyId = "kid", HmacKey = "QUJD" }, settings.Acme.Eab);
        Assert.Equal("ISRG Root X1", settings.Acme.PreferredChain);
        Assert.Equal(
            new IssuerOptions
            {
                Directory = "https://two.example/dir",
                StagingDirectory = "https://two.example/s",
                Email = "two@example.org",
                Profile = "p",
                CaRoot = "/c/2.pem",
                PreferredChain = "R",
                Eab = new() { KeyId = "k2", HmacKey = "REVG" },
            },
            settings.Acme.Failover);
        Assert.Equal("/c/hook", settings.Acme.Dns!.Hook);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Acme.Dns.HookTimeout);
        Assert.Equal(
            new Rfc2136Options
            {
                Server = "192.0.2.1:53",
                KeyName = "k",
                KeySecret = "QUJD",
                Algorithm = "hmac-sha512",
                Zone = "example.org",
                Transport = "tcp",
            },
            settings.Acme.Dns.Rfc2136);
        Assert.Equal(["192.0.2.2", "[2001:db8::1]:53"], settings.Acme.Dns.VisibleAt);
        Assert.Equal(TimeSpan.FromSeconds(8), settings.Acme.Dns.VisibleTimeout);
        Assert.Equal(["signal-staging"], settings.Routes.Sets);
        Assert.Equal(new UpstreamEndpoint.Tcp("127.0.0.1", 19000), settings.Routes.Hosts["chat.signal.org"]);
        Assert.Equal(new UpstreamEndpoint.Unix("/run/x.sock"), settings.Routes.Hosts["other.example"]);
        Assert.Equal(new(null, new UpstreamEndpoint.Unix("/run/site.sock"), new UpstreamEndpoint.Tcp("127.0.0.1", 8081)), settings.Decoy);
        Assert.Equal(TlsHandshake.Libssl, settings.Handshake);
        Assert.True(settings.FirstFlightPadding);
        Assert.Equal(
            new()
            {
                MaxConnections = 5000,
                Relay = new()
                {
                    HandshakeTimeout = TimeSpan.FromMilliseconds(500),
                    HelloTimeout = TimeSpan.FromSeconds(2),
                    ConnectTimeout = TimeSpan.FromSeconds(3),
                    IdleTimeout = TimeSpan.FromHours(1),
                },
                DrainTimeout = TimeSpan.Zero,
            },
            settings.Limits);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:9465")], settings.MetricsListen);
        Assert.False(settings.IsMetricsListenDefault);
        Assert.Equal(
            new AlertSettings
            {
                Exec = "/bin/true",
                Webhook = "https://hooks.example.org/abc",
                SelfCheck = null,
                SelfCheckAddress = new("2001:db8::1", 8443),
            },
            settings.Alerts);
        Assert.Equal("/tmp/state", settings.StateDirectory);
    }

    [Fact]
    public void A_list_of_the_environment_replaces_the_files_whole()
    {
        const string Yaml = "domains: [a.example, b.example, c.example]\nhttp: { listen: [\"127.0.0.1:80\"] }\n";
        Assert.Equal(["x.example", "y.example"], Loaded.Settings(Yaml, ("HELIOGRAPH__DOMAINS", "x.example, y.example")).Domains);
        Assert.Equal(["x.example"], Loaded.Settings(Yaml, ("HELIOGRAPH__DOMAINS__0", "x.example")).Domains);
        Assert.Empty(Loaded.Settings(Yaml, ("HELIOGRAPH__HTTP__LISTEN", "")).HttpListen);
    }

    [Fact]
    public void Numbered_variables_are_a_list_in_the_order_of_their_numbers() =>
        Assert.Equal(
            ["a.example", "b.example", "c.example"],
            Loaded.Settings(null, ("HELIOGRAPH__DOMAINS__10", "c.example"), ("HELIOGRAPH__DOMAINS__9", "b.example"),
                ("HELIOGRAPH__DOMAINS__0", "a.example")).Domains);

    [Fact]
    public void A_list_given_both_ways_in_the_environment_is_an_error() =>
        Assert.Equal(
            ["HELIOGRAPH__DOMAINS__0: HELIOGRAPH__DOMAINS gives the same list; use one of the two ways"],
            Loaded.Errors(null, ("HELIOGRAPH__DOMAINS", "a.example"), ("HELIOGRAPH__DOMAINS__0", "b.example")));

    [Fact]
    public void Routes_of_the_environment_join_those_of_the_file_and_override_them()
    {
        var hosts = Loaded.Settings(
            "domains: [a.example]\nroutes: { hosts: { one.example: \"h:1\", two.example: \"h:2\" } }\n",
            ("HELIOGRAPH__ROUTES__HOSTS", "Two.example=h:22,three.example=h:3"), ("HELIOGRAPH__ROUTES__HOSTS__four.example", "h:4"))
                .Routes.Hosts;
        Assert.Equal(
            ["four.example=h:4", "one.example=h:1", "three.example=h:3", "two.example=h:22"],
                hosts.Select(static host => $"{host.Key}={host.Value}"), StringComparer.Ordinal);
    }

    [Fact]
    public void A_decoy_of_the_environment_stands_in_for_the_files() =>
        Assert.Equal(
            new(Directory: "/srv/www"),
            Loaded.Settings("domains: [a.example]\ndecoy: { upstream: \"a:1\", upstream_h2: \"a:2\" }\n",
                ("HELIOGRAPH__DECOY__DIRECTORY", "/srv/www")).Decoy);

    [Fact]
    public void The_seed_of_the_file_stays_whatever_the_environment_says_of_the_site() =>
        Assert.Equal(
            new() { SeedFile = "/etc/heliograph/decoy.seed" },
            Loaded.Settings("domains: [a.example]\ndecoy: { seed_file: /etc/heliograph/decoy.seed, upstream: \"a:1\" }\n",
                ("HELIOGRAPH__DECOY__SITE", "built-in")).Decoy);

    [Fact]
    public void Naming_a_chain_and_a_key_means_files() =>
        Assert.Equal(new(CertificateOrigin.Files, "/c", "/k"),
            Loaded.Settings("domains: [a.example]\ncertificate: { chain: /c, key: /k }\n").Certificate);

    [Fact]
    public void The_variable_names_the_file_where_no_flag_does()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("c.yaml", "domains: [a.example]\n");
        Assert.Equal(["a.example"], Loaded.From(null, ("HELIOGRAPH_CONFIG", file)).Settings!.Domains);
    }

    [Fact]
    public void What_is_shown_is_a_configuration_that_gives_the_same()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("c.yaml", """
            domains: [proxy.example.org, "2001:db8::1"]
            routes: { sets: [], hosts: { a.example: "[::1]:9" } }
            decoy: { directory: "/srv/\"odd\" name" }
            limits: { idle_timeout: 90s, drain_timeout: 0s, connect_timeout: 1500ms }
            """);
        var first = Loaded.From(file);
        var shown = EffectiveYaml.Write(first.Settings!, first.Values);
        var second = Loaded.From(directory.Write("d.yaml", shown));
        Assert.Empty(second.Errors);
        var again = EffectiveYaml.Write(second.Settings!, second.Values);
        Assert.Equal(WithoutComments(shown), WithoutComments(again));
        Assert.Contains("  idle_timeout: 90s  # from " + file + ":4\n", shown, StringComparison.Ordinal);
        Assert.Contains("    a.example: \"[::1]:9\"  # from " + file + ":2\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Which_nginx_auto_means_is_shown_beside_it()
    {
        using var directory = new TempDirectory();
        var here = NginxProfile.OfThisMachine().Name;
        var automatic = Loaded.From(directory.Write("e.yaml", "domains: [a.example]\ndecoy: { directory: /srv }\n"));
        Assert.Contains(
            $"  like: auto  # {here}\n", EffectiveYaml.Write(automatic.Settings!, automatic.Values), StringComparison.Ordinal);
        var file = directory.Write("f.yaml", "domains: [a.example]\ndecoy: { like: nginx-1.28 }\n");
        var chosen = Loaded.From(file);
        Assert.Contains(
            $"  like: nginx-1.28  # from {file}:2\n", EffectiveYaml.Write(chosen.Settings!, chosen.Values), StringComparison.Ordinal);
        Assert.Equal(NginxProfile.Nginx128, chosen.Settings!.Decoy.Profile);
    }

    private static string WithoutComments(string yaml) => string.Join('\n', yaml.Split('\n').Select(static line => line.Split("  #")[0]));
}
