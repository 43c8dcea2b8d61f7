using Heliograph.Checking;

namespace Heliograph.Tests.Configuration;

/// <summary>Every kind of bad value: its key, its place, what is wrong, what is allowed.</summary>
public sealed class ValueErrorTests
{
    private const string Duration = "allowed: a whole number with its unit ms, s, m, h or d, such as 500ms, 60s, 10m, 1h or 2d";
    private const string Size =
        "allowed: off, or a whole number with its unit KB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), such as "
        + "500GB";
    private const string Rate =
        "allowed: off, or a whole number with its unit KB, MB, GB, KiB, MiB, GiB, Kbit, Mbit or Gbit, such as 5MB or 100Mbit, per second";
    private const string Domain = "allowed: a DNS name such as proxy.example.org, or an IP address";
    private const string Address =
        "allowed: \"ADDRESS:PORT\", such as \"[::]:443\" (every address), \"0.0.0.0:443\" or \"127.0.0.1:8443\"; port 0 lets the system "
        + "pick one";
    private const string Endpoint = "allowed: \"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\"";

    [Theory]
    [InlineData("limits: { idle_timeout: 5x }", "limits.idle_timeout", "5x", "not a duration; " + Duration)]
    [InlineData("limits: { idle_timeout: 5 }", "limits.idle_timeout", "5", "the unit is missing; " + Duration)]
    [InlineData("limits: { hello_timeout: -1s }", "limits.hello_timeout", "-1s", "not a duration; " + Duration)]
    [InlineData("limits: { connect_timeout: 1.5s }", "limits.connect_timeout", "1.5s", "not a duration; " + Duration)]
    [InlineData("limits: { handshake_timeout: 0s }", "limits.handshake_timeout", "0s", "must be from 100ms to 7d; " + Duration)]
    [InlineData("limits: { drain_timeout: 8d }", "limits.drain_timeout", "8d", "must be from 0s to 7d; " + Duration)]
    [InlineData("limits: { drain_timeout: 999999999999d }", "limits.drain_timeout", "999999999999d", "must be from 0s to 7d; " + Duration)]
    [InlineData("limits: { max_connections: many }", "limits.max_connections", "many",
        "not a number of connections; allowed: auto, or a whole number from 1 to 10000000")]
    [InlineData("limits: { max_connections: 0 }", "limits.max_connections", "0",
        "not a number of connections; allowed: auto, or a whole number from 1 to 10000000")]
    [InlineData("limits: { max_connections_per_source: 0 }", "limits.max_connections_per_source", "0",
        "not a number of connections; allowed: auto, off, or a whole number from 1 to 10000000")]
    [InlineData("limits: { handshakes_per_second: fast }", "limits.handshakes_per_second", "fast",
        "not a number from 1 to 100000; allowed: off, or a whole number from 1 to 100000")]
    [InlineData("limits: { bytes_per_second: 5 }", "limits.bytes_per_second", "5", "the unit is missing; " + Rate)]
    [InlineData("limits: { bytes_per_second: 100Mbits }", "limits.bytes_per_second", "100Mbits",
        "there is no unit Mbits; did you mean Mbit?; " + Rate)]
    [InlineData("limits: { bytes_per_second: -5MB }", "limits.bytes_per_second", "-5MB", "not a number of bytes; " + Rate)]
    [InlineData("limits: { bytes_per_second: 1KB }", "limits.bytes_per_second", "1KB", "must be from 10KB to 100GB; " + Rate)]
    [InlineData("limits: { bytes_per_second: 999999999999999TB }", "limits.bytes_per_second", "999999999999999TB",
        "must be from 10KB to 100GB; " + Rate)]
    [InlineData("limits: { monthly_bytes: 500Gbit }", "limits.monthly_bytes", "500Gbit", "there is no unit Gbit; " + Size)]
    [InlineData("limits: { monthly_bytes: 1MB }", "limits.monthly_bytes", "1MB", "must be from 100MB to 1000000TB; " + Size)]
    [InlineData("limits: { monthly_bytes: 1TB, monthly_reset_day: 31 }", "limits.monthly_reset_day", "31",
        "not a day that every month has; allowed: a day of the month from 1 to 28")]
    [InlineData("limits: { monthly_bytes: 1TB, when_low: refuse }", "limits.when_low", "refuse",
        "there is no such choice; allowed: warn or slow")]
    [InlineData("limits: { monthly_bytes: 1TB, when_spent: stop }", "limits.when_spent", "stop",
        "there is no such choice; allowed: refuse or slow")]
    [InlineData("limits: { when_spent: slow }", "limits.when_spent", "slow",
        "limits.monthly_bytes is missing, which it belongs to; " + Size)]
    [InlineData("listen: [\"443\"]", "listen.0", "443", "the address is missing; write \"[::]:443\" for every address; " + Address)]
    [InlineData("listen: [\":443\"]", "listen.0", ":443", "the address is missing; write \"[::]:443\" for every address; " + Address)]
    [InlineData("listen: [\"localhost:443\"]", "listen.0", "localhost:443",
        "not an IP address with a port; a name cannot be listened on; " + Address)]
    [InlineData("listen: [\"127.1:443\"]", "listen.0", "127.1:443",
        "not an IP address with a port; a name cannot be listened on; " + Address)]
    [InlineData("listen: [\"::1:443\"]", "listen.0", "::1:443", "an IPv6 address goes in brackets: \"[::1]:443\"; " + Address)]
    [InlineData("listen: [\"[127.0.0.1]:443\"]", "listen.0", "[127.0.0.1]:443", "only an IPv6 address goes in brackets; " + Address)]
    [InlineData("listen: [\"0.0.0.0:65536\"]", "listen.0", "0.0.0.0:65536", "the port is not a number from 0 to 65535; " + Address)]
    [InlineData("listen: [\"0.0.0.0:1\", \"0.0.0.0:1\"]", "listen.1", "0.0.0.0:1", "is listed twice; remove one of the two")]
    [InlineData("metrics: { listen: [x] }", "metrics.listen.0", "x", "the port is missing; " + Address + "; [] turns it off")]
    [InlineData("certificate: { source: file }", "certificate.source", "file",
        "there is no such choice; did you mean files?; allowed: acme, files or self-signed")]
    [InlineData("acme: { directory: acme.example }", "acme.directory", "acme.example",
        "not a web address; allowed: the https:// address of an ACME directory")]
    [InlineData("acme: { directory: \"http://acme.example\" }", "acme.directory", "http://acme.example",
        "must start with https://; allowed: the https:// address of an ACME directory")]
    [InlineData("acme: { email: \"mailto:me@example.org\" }", "acme.email", "mailto:me@example.org",
        "write the address without mailto:; allowed: an e-mail address, such as you@example.org")]
    [InlineData("acme: { email: me }", "acme.email", "me", "not an e-mail address; allowed: an e-mail address, such as you@example.org")]
    [InlineData("acme: { challenges: [dns-02] }", "acme.challenges.0", "dns-02",
        "there is no such choice; did you mean dns-01?; allowed: tls-alpn-01, http-01 or dns-01")]
    [InlineData("acme: { key_type: rsa }", "acme.key_type", "rsa", "there is no such choice; allowed: ecdsa-p256 or rsa-2048")]
    [InlineData("acme: { profile: \"a b\" }", "acme.profile", "a b",
        "not 1 to 256 printable characters without spaces; allowed: the name of a certificate profile of the authority, such as "
        + "shortlived")]
    [InlineData("routes: { sets: [singal] }", "routes.sets.0", "singal",
        "there is no such set; did you mean signal?; allowed: signal or signal-staging")]
    [InlineData("routes: { hosts: { a.example: nowhere } }", "routes.hosts.a.example", "nowhere", "not an endpoint; " + Endpoint)]
    [InlineData("decoy: { site: mine }", "decoy.site", "mine", "there is no such choice; allowed: built-in")]
    [InlineData("decoy: { upstream: \"127.0.0.1\" }", "decoy.upstream", "127.0.0.1", "not an endpoint; " + Endpoint)]
    [InlineData("decoy: { upstream: \"a:1\", upstream_h2: x }", "decoy.upstream_h2", "x", "not an endpoint; " + Endpoint)]
    [InlineData("decoy: { upstream_h2: \"a:1\" }", "decoy.upstream_h2", "a:1",
        "decoy.upstream is missing, which serves HTTP/1.1; " + Endpoint)]
    [InlineData("decoy: { directory: /srv/www, upstream: \"a:1\" }", "decoy.upstream", "a:1",
        "decoy.directory (FILE:2) is given too; keep one of the two")]
    [InlineData("state_directory: \"\"", "state_directory", "",
        "the path is empty; allowed: the path of a directory that the program may write to")]
    public void A_bad_value_is_told_with_its_key_place_and_what_is_allowed(string yaml, string key, string value, string problem) =>
        Assert.Equal([$"{key} (FILE:2): \"{value}\": {problem}"], Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n"));

    [Theory]
    [InlineData("https://proxy.example.org/", "a web address; write the host's name only")]
    [InlineData("proxy.example.org:443", "remove the port: only the name is needed")]
    [InlineData("*.*.example.org", "a wildcard; name each host, as no client can type a '*'")]
    [InlineData("proxy.example.org.", "remove the dot at the end")]
    [InlineData("bücher.example", "has characters that DNS does not allow; write it as xn--bcher-kva.example")]
    [InlineData("pro_xy.example.org", "not a host name")]
    [InlineData("-proxy.example.org", "not a host name")]
    [InlineData("proxy..example.org", "not a host name")]
    [InlineData("300.1.2.3", "neither a host name nor an IP address")]
    [InlineData("0.0.0.0", "no client can reach this address; name the one they use")]
    [InlineData("", "the name is empty")]
    public void A_bad_domain_is_told_with_what_to_write_instead(string domain, string problem) =>
        Assert.Equal([$"domains.0 (FILE:1): \"{domain}\": {problem}; {Domain}"], Loaded.Errors($"domains: [\"{domain}\"]\n"));

    [Theory]
    [InlineData("domains: [\"*.example.org\"]\n",
        "domains (FILE:1): the wildcard '*.example.org' can only be validated through DNS; add dns-01 to acme.challenges and fill in "
            + "acme.dns")]
    [InlineData("domains: [localhost]\n",
        "domains (FILE:1): 'localhost' is neither a DNS name (such as proxy.example.org or *.example.org) nor an IP address")]
    public void A_domain_that_its_source_cannot_have_is_reported(string yaml, string error) => Assert.Equal([error], Loaded.Errors(yaml));

    [Theory]
    [InlineData("acme: { challenges: [dns-01], dns: { hook: /bin/true } }")]
    [InlineData("certificate: { chain: /c, key: /k }")]
    [InlineData("certificate: { source: self-signed }")]
    public void A_wildcard_is_a_domain_where_its_source_can_have_it(string source) =>
        Assert.Equal(["*.example.org"], Loaded.Settings($"domains: [\"*.Example.org\"]\n{source}\n").Domains);

    [Fact]
    public void Unlisted_names_need_a_wildcard_to_be_made_under()
    {
        Assert.Equal(
            ["access.mode (FILE:2): \"unlisted\": domains has no wildcard to make names under; add one such as \"*.example.org\", which "
                + "dns-01 can get or certificate.chain may have; allowed: open or unlisted"],
            Loaded.Errors("domains: [example.org]\naccess: { mode: unlisted }\n"));
        Assert.True(
            Loaded.Settings("domains: [\"*.example.org\"]\ncertificate: { source: self-signed }\naccess: { mode: unlisted }\n")
                .Access.IsUnlisted);
    }

    [Fact]
    public void A_missing_domain_is_told_with_how_to_give_it() =>
        Assert.Equal(
            ["domains: missing; name what clients type to reach this proxy: a DNS name such as proxy.example.org, or an IP address "
                + "(--domain NAME, or domains: [NAME] in the configuration file)"],
            Loaded.Errors(null));

    [Theory]
    [InlineData("listen: []", "listen (FILE:2): needs at least one address; " + Address)]
    [InlineData("acme: { challenges: [] }", "acme.challenges (FILE:2): needs at least one; allowed: tls-alpn-01, http-01 or dns-01")]
    [InlineData("routes: { sets: [] }",
        "routes.sets (FILE:2): empty, and routes.hosts too, so that nothing would be relayed; allowed: signal or signal-staging")]
    [InlineData("certificate: { source: files, chain: /c }",
        "certificate.key: missing, as certificate.source is files; allowed: the path of a PEM file: the private key of the leaf")]
    [InlineData("certificate: { key: /k }",
        "certificate.chain: missing, as certificate.source is files; allowed: the path of a PEM file: the certificate chain, leaf first")]
    [InlineData("acme: { eab: { key_id: a } }",
        "acme.eab.hmac_key: missing, as acme.eab.key_id is given; allowed: the key that the authority gave you, in base64url")]
    [InlineData("acme: { eab: { hmac_key: QUJD } }",
        "acme.eab.key_id: missing, as acme.eab.hmac_key is given; allowed: the key identifier that the authority gave you")]
    [InlineData("acme: { failover: { email: me@example.org } }",
        "acme.failover.directory: missing, as acme.failover.email is given; allowed: the https:// address of an ACME directory")]
    [InlineData("acme: { failover: { directory: \"https://acme-v02.api.letsencrypt.org/directory\" } }",
        "acme.failover.directory (FILE:2): is the same as acme.directory; name another certificate authority or remove it")]
    [InlineData("acme: { challenges: [http-01] }\nhttp: { listen: [] }",
        "acme.challenges (FILE:2): has http-01 only, which needs port 80, and http.listen is empty; add tls-alpn-01, or give http.listen "
            + "an address")]
    [InlineData("acme: { challenges: [dns-01] }",
        "acme.challenges (FILE:2): dns-01 needs acme.dns.hook (a program) or acme.dns.rfc2136 (a name server with a TSIG key)")]
    [InlineData("acme: { dns: { hook: /bin/true, rfc2136: { server: \"192.0.2.1\", key_name: k, key_secret: QUJD } } }",
        "acme.dns (FILE:2): has both hook and rfc2136; keep one of them")]
    [InlineData("acme: { dns: { rfc2136: { server: ns.example, key_name: k, key_secret: QUJD } } }",
        "acme.dns.rfc2136.server (FILE:2): 'ns.example' is not an address with an optional port, such as 192.0.2.1:53")]
    [InlineData("acme: { dns: { rfc2136: { server: \"192.0.2.1\", key_name: k } } }",
        "acme.dns.rfc2136.key_secret: missing, as acme.dns.rfc2136.server is given; allowed: the secret of the TSIG key, in base64")]
    [InlineData("acme: { dns: { visible_at: [x] } }",
        "acme.dns.visible_at (FILE:2): 'x' is not an address with an optional port, such as 192.0.2.1:53")]
    [InlineData("acme: { dns: { hook: /nowhere/hook } }",
        "acme.dns.hook (FILE:2): \"/nowhere/hook\": there is no such file; allowed: the path of a program that is called as: HOOK "
            + "present|cleanup FQDN VALUE")]
    [InlineData("acme: { ca_root: /nowhere/root.pem }",
        "acme.ca_root (FILE:2): the file '/nowhere/root.pem' does not exist; name a PEM file with the authority's root or remove the key")]
    [InlineData("alerts: { exec: /nowhere/hook }",
        "alerts.exec (FILE:2): \"/nowhere/hook\": there is no such file; allowed: the path of a program that is called as: PROGRAM STATE "
            + "CAUSE TEXT")]
    [InlineData("alerts: { webhook: \"http://hooks.example.org/abc\" }",
        "alerts.webhook (FILE:2): \"********\": must start with https://; allowed: an address that takes a POST of JSON, such as "
            + "https://hooks.example.org/abc")]
    [InlineData("alerts: { self_check: 5s }",
        "alerts.self_check (FILE:2): \"5s\": must be from 10s to 7d; allowed: off, or how often: a whole number with its unit ms, s, m, "
        + "h or d, such as 500ms, 60s, 10m, 1h or 2d")]
    [InlineData("alerts: { self_check_address: \"a b\" }",
        "alerts.self_check_address (FILE:2): \"a b\": not a host name; allowed: HOST or HOST:PORT, where this machine reaches the proxy")]
    [InlineData("sources: { allow: [/etc/allow] }",
        "sources.allow (FILE:2): sources.block is missing, so that everybody is relayed anyway; to relay nobody else, add sources.block: "
            + "[all]")]
    [InlineData("sources: { block: [\"http://lists.example.org/drop.txt\"] }",
        "sources.block.0 (FILE:2): \"http://lists.example.org/drop.txt\": must start with https://; http:// is for this machine only; "
            + "allowed: all, or the path of a file with a prefix on each line, or its address, such as https://lists.example.org/drop.txt")]
    [InlineData("sources: { block: [\"ftp://lists.example.org/drop.txt\"] }",
        "sources.block.0 (FILE:2): \"ftp://lists.example.org/drop.txt\": must start with https://; allowed: all, or the path of a file "
            + "with a prefix on each line, or its address, such as https://lists.example.org/drop.txt")]
    [InlineData("sources: { block: [/1, /2, /3, /4, /5, /6, /7, /8, /9, /10, /11, /12, /13, /14, /15, /16, /17] }",
        "sources.block.16 (FILE:2): \"/17\": is one list too many; allowed: 16")]
    [InlineData("sources: { block: [all], refresh: 1m }",
        "sources.refresh (FILE:2): \"1m\": must be from 1h to 30d; allowed: a whole number with its unit ms, s, m, h or d, such as 500ms, "
            + "60s, 10m, 1h or 2d")]
    [InlineData("http: { listen: [\"[::]:443\"] }", "http.listen: [::]:443 is already taken by listen; give each its own port")]
    [InlineData("routes: { hosts: { \"*.example\": \"a:1\" } }",
        "routes.hosts.*.example (FILE:2): a wildcard; name each host, as no client can type a '*'; allowed: a host name with "
            + "\"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\"")]
    public void What_is_missing_or_does_not_fit_together_is_reported(string yaml, string error) =>
        Assert.Equal([error], Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n"));

    [Fact]
    public void The_self_check_asks_for_a_name_under_a_wildcard_that_nobody_has()
    {
        const string Wildcards = "domains: [\"*.example.org\"]\nacme: { challenges: [dns-01], dns: { hook: /bin/true } }\n";
        Assert.Matches(
            @"^[a-z]+-[a-z0-9]{10}\.example\.org$",
            OwnProbe.FindName(Loaded.Settings(Wildcards + "alerts: { self_check_address: \"192.0.2.7:8443\" }\n")));
        Assert.Matches(
            @"^[a-z]+-[a-z0-9]{10}\.example\.org$",
            OwnProbe.FindName(Loaded.Settings(
                "domains: [example.org, \"*.example.org\"]\ncertificate: { source: self-signed }\naccess: { mode: unlisted }\n")));
        Assert.Equal(
            "a.example.org", OwnProbe.FindName(Loaded.Settings(Wildcards + "alerts: { self_check_address: \"a.example.org:8443\" }\n")));
    }

    [Theory]
    [InlineData("192.0.2.7", "a.example")]
    [InlineData("b.example", "b.example")]
    [InlineData("c.d.example", "c.d.example")]
    [InlineData("e.c.d.example", "a.example")]
    [InlineData("inside.test", "a.example")]
    public void The_self_check_asks_for_a_domain_wherever_it_dials(string address, string name) =>
        Assert.Equal(
            name,
            OwnProbe.FindName(Loaded.Settings(
                "domains: [a.example, b.example, \"*.d.example\"]\nacme: { challenges: [dns-01], dns: { hook: /bin/true } }\n"
                + $"alerts: {{ self_check_address: {address} }}\n")));

    [Fact]
    public void A_secret_is_never_shown_not_even_a_bad_one() =>
        Assert.Equal(
            ["acme.eab.hmac_key (FILE:2): \"********\": not base64url; allowed: the key that the authority gave you, in base64url"],
            Loaded.Errors("domains: [a.example]\nacme: { eab: { key_id: a, hmac_key: \"hush hush!\" } }\n"));

    [Theory]
    [InlineData("sources: { block: [\"http://lists.example.org/drop.txt?token=hush\"] }",
        "sources.block.0 (FILE:2): \"http://lists.example.org/drop.txt?********\": must start with https://")]
    [InlineData("sources: { block: [\"https://me:hush@lists.example.org/drop.txt\"] }",
        "sources.block.0 (FILE:2): \"https://********@lists.example.org/drop.txt\": must not hold a user name or password")]
    [InlineData("upstream: { resolver: \"me:hush@dns.example/dns-query\" }",
        "upstream.resolver (FILE:2): \"********@dns.example/dns-query\": not a web address")]
    [InlineData("upstream: { resolver: \"dns.example/dns-query?hush\" }",
        "upstream.resolver (FILE:2): \"dns.example/dns-query?********\": not a web address")]
    [InlineData("upstream: { proxy: \"socks5://me:hu/sh@192.0.2.7:1080\" }",
        "upstream.proxy (FILE:2): \"socks5://********@192.0.2.7:1080\": must not hold a user name or password")]
    [InlineData("upstream: { proxy: \"me:hush@192.0.2.7:1080\" }",
        "upstream.proxy (FILE:2): \"********@192.0.2.7:1080\": the protocol is missing")]
    public void What_is_secret_in_an_address_is_never_shown_not_even_in_a_bad_one(string yaml, string error)
    {
        var line = Assert.Single(Loaded.Errors($"domains: [a.example]\n{yaml}\n"));

        Assert.StartsWith(error, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", line, StringComparison.Ordinal);
    }

    [Fact]
    public void In_quotes_too_what_is_secret_in_an_address_is_not_shown()
    {
        var errors = Loaded.Errors(
            "domains: [a.example]\n",
            ("HELIOGRAPH__SOURCES__BLOCK", "\"https://me:hush@a.example/b, https://me:hush@c.example/d?hush, https://e.example/f?hush\""));

        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, static line => line.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_are_told_at_once_from_every_layer() =>
        Assert.Equal(
            [
                "limts (FILE:3): there is no such key; did you mean limits?",
                "HELIOGRAPH__LISTN: there is no such key; did you mean HELIOGRAPH__LISTEN?",
                $"domains.0 (FILE:1): \"a b\": not a host name; {Domain}",
                $"limits.idle_timeout (HELIOGRAPH__LIMITS__IDLE_TIMEOUT): \"soon\": not a duration; {Duration}",
                $"limits.drain_timeout (FILE:2): \"later\": not a duration; {Duration}",
            ],
            Loaded.Errors(
                "domains: [a b]\nlimits: { drain_timeout: later, idle_timeout: never }\nlimts: 5\n",
                ("HELIOGRAPH__LIMITS__IDLE_TIMEOUT", "soon"), ("HELIOGRAPH__LISTN", "x")));
}
