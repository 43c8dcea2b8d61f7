using System.Net;
using Heliograph.Web;

namespace Heliograph.Configuration;

/// <summary>
/// Every key there is, each in one place. To add one: an entry here, in its group below, and the property of the settings that it fills.
/// The names are a contract with operators. A key that does not say what a reload does with it needs a restart.
/// </summary>
internal static class Keys
{
    private const string DecoyChoice = "decoy";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan ShortestSelfCheck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestDnsTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDnsTimeout = TimeSpan.FromHours(1);

    /// <summary>Below the slowest not even a handshake gets through in time; above the fastest there is no such line.</summary>
    private const long SlowestRate = 10_000, FastestRate = 100_000_000_000;

    private const long SmallestBudget = 100_000_000, LargestBudget = 1_000_000_000_000_000_000;

    private const int MostHandshakes = 100_000;

    // Names and addresses

    public static readonly ConfigurationKey Domains = Sections.Top.Key(
        "domains", new ListKind<string>(Kinds.Domain),
        static settings => settings.Domains,
        static (settings, value) => settings with { Domains = value, Acme = settings.Acme with { Domains = value } },
        "What clients type: DNS names that point to this machine, wildcards such as *.example.org, or IP addresses. "
        + "The certificate covers them, and each gets a share link.",
        OnReload.ReopensCertificate, new("--domain", "NAME"), example: "proxy.example.org", isRequired: true);

    public static readonly ConfigurationKey Listen = Sections.Top.Key(
        "listen", new ListKind<IPEndPoint>(Kinds.ListenAddress, least: "one address"),
        static settings => settings.Listen, static (settings, value) => settings with { Listen = value },
        "Where clients connect. Signal for Android uses port 443 only.",
        flag: new("--listen", "ADDR:PORT"), example: "203.0.113.9:443, [2001:db8::9]:443");

    public static readonly ConfigurationKey HttpListen = Sections.Http.Key(
        "listen", new ListKind<IPEndPoint>(Kinds.ListenAddress, empty: "turns it off"),
        static settings => settings.HttpListen, static (settings, value) => settings with { HttpListen = value },
        "Plain HTTP: redirects visitors to https, and answers the certificate authority's http-01 check.",
        flag: new("--http-listen", "ADDR:PORT", Empty: "none"), example: "203.0.113.9:80");

    // Certificate

    public static readonly ConfigurationKey CertificateSource = Sections.Certificate.Key(
        "source", Kinds.OneOf(Words.CertificateOrigins),
        static certificate => certificate.Source, static (certificate, value) => certificate with { Source = value },
        "acme obtains the certificate and renews it; files reads one that another program renews; self-signed is for trying out.",
        OnReload.ReopensCertificate, new("--certificate-source", "SOURCE"), example: "self-signed");

    public static readonly ConfigurationKey CertificateChain = Sections.Certificate.Key(
        "chain", Kinds.Path("the path of a PEM file: the certificate chain, leaf first", "path of a PEM file"),
        static certificate => certificate.Chain, static (certificate, value) => certificate with { Chain = value },
        "PEM file with the certificate chain, leaf first. Naming it selects the source files.",
        OnReload.ReopensCertificate, new("--certificate-chain", "FILE"), example: "/etc/letsencrypt/live/proxy.example.org/fullchain.pem");

    public static readonly ConfigurationKey CertificateKey = Sections.Certificate.Key(
        "key", Kinds.Path("the path of a PEM file: the private key of the leaf", "path of a PEM file"),
        static certificate => certificate.Key, static (certificate, value) => certificate with { Key = value },
        "PEM file with the private key of the leaf certificate.",
        OnReload.ReopensCertificate, new("--certificate-key", "FILE"), example: "/etc/letsencrypt/live/proxy.example.org/privkey.pem");

    // ACME

    public static readonly IssuerKeys Acme = new(Sections.Issuer, "--acme-");

    public static readonly ConfigurationKey AcmeChallenges = Sections.Acme.Key(
        "challenges", new ListKind<string>(Kinds.Choice(Words.AcmeChallenges), least: "one"),
        static acme => acme.Challenges, static (acme, value) => acme with { Challenges = value },
        "How the authority checks the name, in the order to try: on port 443, on port 80, or (dns-01) by a record in DNS.",
        OnReload.ReopensCertificate, example: "http-01");

    public static readonly ConfigurationKey AcmeKeyType = Sections.Acme.Key(
        "key_type", Kinds.Choice(Words.AcmeKeyTypes),
        static acme => acme.KeyType, static (acme, value) => acme with { KeyType = value },
        "The kind of key that the certificate is for: ecdsa-p256 or rsa-2048.",
        OnReload.ReopensCertificate, example: "rsa-2048");

    public static readonly IssuerKeys AcmeFailover = new(Sections.Failover);

    public static readonly ConfigurationKey DnsHook = Sections.Dns.Key(
        "hook", Kinds.Path("the path of a program that is called as: HOOK present|cleanup FQDN VALUE", "path of a program"),
        static dns => dns.Hook, static (dns, value) => dns with { Hook = value },
        "For dns-01: a program that creates and removes the DNS record.",
        OnReload.ReopensCertificate, example: "/etc/heliograph/dns-hook");

    public static readonly ConfigurationKey DnsHookTimeout = Sections.Dns.Key(
        "hook_timeout", Kinds.Duration(ShortestDnsTimeout, LongestDnsTimeout),
        static dns => dns.HookTimeout, static (dns, value) => dns with { HookTimeout = value },
        "How long one call of acme.dns.hook may take.",
        OnReload.ReopensCertificate, countsIf: static dns => dns.Hook is not null);

    public static readonly ConfigurationKey Rfc2136Server = Sections.Rfc2136.Key(
        "server", Kinds.Word("the address of the zone's primary name server, with its port if that is not 53"),
        static update => update.Server, static (update, value) => update with { Server = value },
        "For dns-01: the primary name server of the zone, which takes signed updates (RFC 2136).",
        OnReload.ReopensCertificate, example: "192.0.2.53");

    public static readonly ConfigurationKey Rfc2136KeyName = Sections.Rfc2136.Key(
        "key_name", Kinds.Word("the name of the TSIG key"),
        static update => update.KeyName, static (update, value) => update with { KeyName = value },
        "The name of the TSIG key that signs the updates.",
        OnReload.ReopensCertificate, example: "acme-update");

    public static readonly ConfigurationKey Rfc2136KeySecret = Sections.Rfc2136.Key(
        "key_secret", Kinds.Word("the secret of the TSIG key, in base64"),
        static update => update.KeySecret, static (update, value) => update with { KeySecret = value },
        "The TSIG key itself, in base64. It is a secret.",
        OnReload.ReopensCertificate, example: "bXktc2VjcmV0", isSecret: true);

    public static readonly ConfigurationKey Rfc2136Algorithm = Sections.Rfc2136.Key(
        "algorithm", Kinds.Choice(Words.TsigAlgorithms),
        static update => update.Algorithm, static (update, value) => update with { Algorithm = value },
        "The algorithm of the TSIG key.",
        OnReload.ReopensCertificate);

    public static readonly ConfigurationKey Rfc2136Zone = Sections.Rfc2136.Key(
        "zone", Kinds.Word("the name of the zone that holds the records"),
        static update => update.Zone, static (update, value) => update with { Zone = value },
        "The zone to update. Without it the server is asked.",
        OnReload.ReopensCertificate, example: "example.org");

    public static readonly ConfigurationKey Rfc2136Transport = Sections.Rfc2136.Key(
        "transport", Kinds.Choice(Words.DnsTransports),
        static update => update.Transport, static (update, value) => update with { Transport = value },
        "How updates are sent. udp changes to TCP for an answer that does not fit.",
        OnReload.ReopensCertificate);

    public static readonly ConfigurationKey DnsVisibleAt = Sections.Dns.Key(
        "visible_at", new ListKind<string>(Kinds.NameServer),
        static dns => dns.VisibleAt, static (dns, value) => dns with { VisibleAt = value },
        "Name servers that must show the DNS record before the authority is asked to check it.",
        OnReload.ReopensCertificate, example: "192.0.2.53");

    public static readonly ConfigurationKey DnsVisibleTimeout = Sections.Dns.Key(
        "visible_timeout", Kinds.Duration(ShortestDnsTimeout, LongestDnsTimeout),
        static dns => dns.VisibleTimeout, static (dns, value) => dns with { VisibleTimeout = value },
        "How long to wait until the name servers show the record. After that the authority is asked anyway.",
        OnReload.ReopensCertificate);

    // Routes

    public static readonly ConfigurationKey RouteSets = Sections.Routes.Key(
        "sets", new ListKind<string>(Kinds.RouteSet()),
        static routes => routes.Sets, static (routes, value) => routes with { Sets = value },
        "Built-in lists of the hosts that are relayed: signal, and signal-staging (Signal's test system). "
        + "Everything else gets the decoy web site.",
        OnReload.TakesEffect, new("--route-set", "SET"), example: "signal, signal-staging");

    public static readonly ConfigurationKey RouteHosts = Sections.Routes.Key(
        "hosts", Kinds.Hosts(),
        static routes => routes.Hosts, static (routes, value) => routes with { Hosts = value },
        "More hosts that are relayed, and where to.",
        OnReload.TakesEffect, new("--route", "NAME=ENDPOINT"), example: "chat.example.org=192.0.2.10:443");

    public static readonly ConfigurationKey RouteZones = Sections.Routes.Key(
        "zones", Kinds.Zones(),
        static routes => routes.Zones, static (routes, value) => routes with { Zones = value },
        "Hosts under these domains that are on no list are relayed once DNS has a public address for them. "
        + "With the set signal, signal.org is one of them unless it is off.",
        OnReload.TakesEffect, example: "signal.org=off", countsIf: static routes => routes.HasZones);

    public static readonly ConfigurationKey RouteListKey = Sections.Routes.Key(
        "list_key", Kinds.MinisignKey,
        static routes => routes.ListKey, static (routes, value) => routes with { ListKey = value },
        "Whose signature heliograph routes update accepts, instead of that of the project: a public key of minisign.",
        OnReload.TakesEffect, example: "RWREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+RI");

    // Upstream

    public static readonly ConfigurationKey UpstreamProxy = Sections.Upstream.Key(
        "proxy", Kinds.UpstreamProxyAddress,
        static upstream => upstream.Address, static (upstream, value) => upstream with { Address = value },
        "A proxy through which Signal's hosts are reached, by SOCKS5 or by HTTP's CONNECT. It resolves their names.",
        OnReload.TakesEffect, example: "socks5://192.0.2.7:1080");

    public static readonly ConfigurationKey UpstreamProxyUser = Sections.Upstream.Key(
        "proxy_user", Kinds.Credential("the user's name at the proxy"),
        static upstream => upstream.User, static (upstream, value) => upstream with { User = value },
        "The user's name at the proxy, where it asks for one.",
        OnReload.TakesEffect, example: "bridge");

    public static readonly ConfigurationKey UpstreamProxyPassword = Sections.Upstream.Key(
        "proxy_password", Kinds.Credential("the user's password at the proxy"),
        static upstream => upstream.Password, static (upstream, value) => upstream with { Password = value },
        "The user's password at the proxy. It is a secret.",
        OnReload.TakesEffect, example: "correct horse", isSecret: true);

    public static readonly ConfigurationKey UpstreamResolver = Sections.Upstream.Key(
        "resolver", Kinds.HttpsAddress("the address of a resolver that speaks DNS over HTTPS, such as https://dns.example.org/dns-query"),
        static upstream => upstream.Resolver, static (upstream, value) => upstream with { Resolver = value },
        "A resolver for the names of Signal's hosts that is asked by DNS over HTTPS, instead of this machine's.",
        example: "https://dns.example.org/dns-query");

    public static readonly ConfigurationKey UpstreamResolverAddresses = Sections.Upstream.Key(
        "resolver_addresses", new ListKind<IPAddress>(Kinds.Address),
        static upstream => upstream.ResolverAddresses, static (upstream, value) => upstream with { ResolverAddresses = value },
        "Where that resolver is, so that this machine's resolver is not asked for its name.",
        example: "192.0.2.53, 2001:db8::53", countsIf: static upstream => upstream.Resolver is not null);

    // Access

    public static readonly ConfigurationKey AccessMode = Sections.Access.Key(
        "mode", Kinds.OneOf(Words.AccessModes),
        static access => access.IsUnlisted, static (access, value) => access with { IsUnlisted = value },
        "open: every name of this proxy leads to Signal's hosts; unlisted: only the names that heliograph link new makes, under a wildcard "
        + "in domains.",
        OnReload.TakesEffect, new("--access-mode", "MODE"), example: "unlisted");

    public static readonly ConfigurationKey AccessMetrics = Sections.Access.Key(
        "metrics", Kinds.TrueOrFalse(),
        static access => access.NamesInMetrics, static (access, value) => access with { NamesInMetrics = value },
        "Whether metrics show each group, by its name. The names in its links are never shown.",
        OnReload.TakesEffect, example: "true");

    public static readonly ConfigurationKey AccessAlerts = Sections.Access.Key(
        "alerts", Kinds.TrueOrFalse(),
        static access => access.NamesInAlerts, static (access, value) => access with { NamesInAlerts = value },
        "Whether alerts.exec and alerts.webhook are told which group's name is being probed. The log never is.",
        OnReload.TakesEffect, example: "true");

    // Decoy

    public static readonly ConfigurationKey DecoySite = Sections.Decoy.Key(
        "site", Kinds.Choice("built-in"),
        static decoy => decoy is { Directory: null, Upstream: null } ? "built-in" : null,
        static (decoy, _) => decoy with { Directory = null, Upstream = null },
        "The built-in web site, which looks different on every installation.",
        OnReload.RebuildsDecoy, choice: DecoyChoice);

    public static readonly ConfigurationKey DecoyLanguage = Sections.Decoy.Key(
        "language", Kinds.Choice([DecoySettings.Auto, .. Web.DecoySite.Languages]),
        static decoy => decoy.Language, static (decoy, value) => decoy with { Language = value },
        "The language of the built-in web site. auto is the machine's, or English if the site does not have it.",
        OnReload.RebuildsDecoy, example: "de");

    public static readonly ConfigurationKey DecoyDirectory = Sections.Decoy.Key(
        "directory", Kinds.Path("the path of a directory with a static web site", "path of a directory"),
        static decoy => decoy.Directory, static (decoy, value) => decoy with { Directory = value },
        "A static web site of yours for everyone without a Signal client, instead of the built-in one.",
        OnReload.RebuildsDecoy, new("--decoy-directory", "DIR"), example: "/srv/www", choice: DecoyChoice);

    public static readonly ConfigurationKey DecoyUpstream = Sections.Decoy.Key(
        "upstream", Kinds.Endpoint,
        static decoy => decoy.Upstream, static (decoy, value) => decoy with { Upstream = value },
        "A web server of yours (host:port or unix:/path) instead of the built-in web site. It gets HTTP/1.1 without TLS.",
        OnReload.RebuildsDecoy, new("--decoy-upstream", "ENDPOINT"), example: "127.0.0.1:8080", choice: DecoyChoice);

    public static readonly ConfigurationKey DecoyUpstreamH2 = Sections.Decoy.Key(
        "upstream_h2", Kinds.Endpoint,
        static decoy => decoy.UpstreamH2, static (decoy, value) => decoy with { UpstreamH2 = value },
        "Where the server of decoy.upstream takes HTTP/2 with prior knowledge. Without it, h2 is not offered.",
        OnReload.RebuildsDecoy, new("--decoy-upstream-h2", "ENDPOINT"), example: "127.0.0.1:8081");

    public static readonly ConfigurationKey DecoyLike = Sections.Decoy.Key(
        "like", Kinds.Choice([DecoySettings.LikeThisMachine, .. NginxProfile.All.Select(static profile => profile.Name)]),
        static decoy => decoy.Like, static (decoy, value) => decoy with { Like = value },
        "The nginx that the web site, the error pages and port 80 behave like. auto: the one that this machine's system ships.",
        example: "nginx-1.26", remark: static decoy => decoy.Like == DecoySettings.LikeThisMachine ? decoy.Profile.Name : null);

    public static readonly ConfigurationKey DecoySeedFile = Sections.Decoy.Key(
        "seed_file", Kinds.Path("the path of a file of 32 random bytes", "path of a file"),
        static decoy => decoy.SeedFile, static (decoy, value) => decoy with { SeedFile = value },
        "The seed of the built-in web site: 32 random bytes. Machines that share a name and this file show the same site.",
        OnReload.RebuildsDecoy, example: "/etc/heliograph/decoy.seed");

    // Other servers

    public static readonly ConfigurationKey Passthrough = Sections.Top.Key(
        "passthrough", Kinds.PassthroughSites(),
        static settings => settings.Passthrough, static (settings, value) => settings with { Passthrough = value },
        "Other web servers on this machine, which get the connections for their names untouched.",
        OnReload.TakesEffect, example: "www.example.org=127.0.0.1:8443");

    public static readonly ConfigurationKey TrustedProxies = Sections.Top.Key(
        "trusted_proxies", new ListKind<IPNetwork>(Kinds.Network),
        static settings => settings.TrustedProxies, static (settings, value) => settings with { TrustedProxies = value },
        "Load balancers in front of this server. Their connections must begin with a PROXY protocol header.",
        OnReload.TakesEffect, example: "10.0.0.0/8, 192.0.2.7");

    // TLS

    public static readonly ConfigurationKey TlsHandshake = Sections.Tls.Key(
        "handshake", Kinds.OneOf(Words.TlsHandshakes),
        static settings => settings.Handshake, static (settings, value) => settings with { Handshake = value },
        "auto: Heliograph answers the common TLS 1.3 hello itself where that is faster (OpenSSL 3.0) and libssl answers every other; "
        + "libssl: libssl performs every handshake.",
        OnReload.TakesEffect, example: "libssl");

    // Relay

    public static readonly ConfigurationKey FirstFlightPadding = Sections.Relaying.Key(
        "first_flight_padding", Kinds.OneOf(Words.OffOn),
        static settings => settings.FirstFlightPadding, static (settings, value) => settings with { FirstFlightPadding = value },
        "on: pads the first answer of Signal's hosts to 9.5 to 12.8 KB, against rules about the lengths of TLS within TLS. Costs 5 or 6 "
        + "packets; not for Russia, where they are counted.",
        OnReload.TakesEffect, example: "on");

    // Limits

    public static readonly ConfigurationKey MaxConnections = Sections.Limits.Key(
        "max_connections", Kinds.ConnectionsOrAuto(),
        static limits => limits.MaxConnections, static (limits, value) => limits with { MaxConnections = value },
        "How many connections may be open at a time. auto: as many as memory and file descriptors allow.",
        OnReload.TakesEffect, new("--max-connections", "N"), example: "2000");

    public static readonly ConfigurationKey ConnectionsPerSource = Sections.Limits.Key(
        "max_connections_per_source", Kinds.ConnectionsOrAutoOrOff(),
        static limits => limits.ConnectionsPerSource, static (limits, value) => limits with { ConnectionsPerSource = value },
        "How many connections may be open at a time from one IPv4 address or one /64 of IPv6.",
        OnReload.TakesEffect, example: "1000");

    public static readonly ConfigurationKey HandshakesPerSecond = Sections.Relay.Key(
        "handshakes_per_second", Kinds.NumberOrOff(MostHandshakes),
        static limits => limits.HandshakesPerSecond, static (limits, value) => limits with { HandshakesPerSecond = value },
        "New TLS handshakes per second, of all clients together.",
        OnReload.TakesEffect, example: "150");

    public static readonly ConfigurationKey BytesPerSecond = Sections.Relay.Key(
        "bytes_per_second", Kinds.RateOrOff(SlowestRate, FastestRate),
        static limits => limits.BytesPerSecond, static (limits, value) => limits with { BytesPerSecond = value },
        "What is relayed per second, all connections and both directions together.",
        OnReload.TakesEffect, example: "60Mbit");

    public static readonly ConfigurationKey MonthlyBytes = Sections.Budget.Key(
        "monthly_bytes", Kinds.SizeOrOff(SmallestBudget, LargestBudget),
        static budget => budget.MonthlyBytes, static (budget, value) => budget with { MonthlyBytes = value },
        "The month's traffic, in and out. A relayed byte counts twice.",
        example: "900GB");

    public static readonly ConfigurationKey MonthlyResetDay = Sections.Budget.Key(
        "monthly_reset_day", Kinds.DayOfMonth(),
        static budget => budget.ResetDay, static (budget, value) => budget with { ResetDay = value },
        "The day on which a month begins, at 00:00 UTC.",
        example: "12", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey WhenLow = Sections.Budget.Key(
        "when_low", Kinds.OneOf(Words.WhenLow),
        static budget => budget.SlowsWhenLow, static (budget, value) => budget with { SlowsWhenLow = value },
        "What happens once 80 % of the month's traffic is used: a warning only, or slow relaying too.",
        example: "slow", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey WhenSpent = Sections.Budget.Key(
        "when_spent", Kinds.OneOf(Words.WhenSpent),
        static budget => budget.SlowsWhenSpent, static (budget, value) => budget with { SlowsWhenSpent = value },
        "What happens once all of the month's traffic is used: relay nothing until the next month, or relay slowly.",
        example: "slow", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey SlowBytesPerSecond = Sections.Budget.Key(
        "slow_bytes_per_second", Kinds.Rate(SlowestRate, FastestRate),
        static budget => budget.SlowBytesPerSecond, static (budget, value) => budget with { SlowBytesPerSecond = value },
        "The rate of slow relaying, for all connections together.",
        example: "1Mbit", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey HandshakeTimeout = Sections.Relay.Key(
        "handshake_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.HandshakeTimeout, static (limits, value) => limits with { HandshakeTimeout = value },
        "The time from accepting a connection to the end of the outer TLS handshake.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey HelloTimeout = Sections.Relay.Key(
        "hello_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.HelloTimeout, static (limits, value) => limits with { HelloTimeout = value },
        "The time from the end of the outer TLS handshake to a complete inner ClientHello.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey ConnectTimeout = Sections.Relay.Key(
        "connect_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.ConnectTimeout, static (limits, value) => limits with { ConnectTimeout = value },
        "The time to resolve an upstream's name, and again to connect to it.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey IdleTimeout = Sections.Relay.Key(
        "idle_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.IdleTimeout, static (limits, value) => limits with { IdleTimeout = value },
        "A connection is closed after this time without a byte in either direction. Signal's apps send something every 31 s.",
        OnReload.TakesEffect, example: "5m");

    public static readonly ConfigurationKey DrainTimeout = Sections.Limits.Key(
        "drain_timeout", Kinds.Duration(TimeSpan.Zero, Longest),
        static limits => limits.DrainTimeout, static (limits, value) => limits with { DrainTimeout = value },
        "How long open connections may continue after SIGTERM.",
        OnReload.TakesEffect, new("--drain-timeout", "DURATION"), example: "2m");

    public static readonly ConfigurationKey HandoverTimeout = Sections.Limits.Key(
        "handover_timeout", Kinds.Duration(TimeSpan.Zero, Longest),
        static limits => limits.HandoverTimeout, static (limits, value) => limits with { HandoverTimeout = value },
        "How long open connections may continue once a client waits for the next process. "
        + "It counts only where systemd holds the listening sockets.",
        OnReload.TakesEffect);

    // Monitoring

    public static readonly ConfigurationKey MetricsListen = Sections.Metrics.Key(
        "listen", new ListKind<IPEndPoint>(Kinds.ListenAddress, empty: "turns it off"),
        static settings => settings.MetricsListen, static (settings, value) => settings with { MetricsListen = value },
        "Metrics for Prometheus, and /healthz. Keep it on loopback: they show how much the proxy is used.",
        example: "127.0.0.1:9465");

    public static readonly ConfigurationKey LogLevel = Sections.Log.Key(
        "level", Kinds.OneOf(Words.LogLevels),
        static settings => settings.LogLevel, static (settings, value) => settings with { LogLevel = value },
        "How much is logged, from trace to error. No level logs who connects, or where to.",
        OnReload.TakesEffect, new("--log-level", "LEVEL"), example: "warning");

    public static readonly ConfigurationKey LogFormat = Sections.Log.Key(
        "format", Kinds.OneOf(Words.LogFormats),
        static settings => settings.LogFormat, static (settings, value) => settings with { LogFormat = value },
        "How the log is written. auto: journal where systemd's journal reads it, text elsewhere.",
        flag: new("--log-format", "FORMAT"), example: "json");

    // Alerts

    public static readonly ConfigurationKey AlertsExec = Sections.Alerts.Key(
        "exec", Kinds.Path("the path of a program that is called as: PROGRAM STATE CAUSE TEXT", "path of a program"),
        static alerts => alerts.Exec, static (alerts, value) => alerts with { Exec = value },
        "A program that is called when something goes wrong, and when it is right again.",
        example: "/usr/local/bin/heliograph-alert");

    public static readonly ConfigurationKey AlertsWebhook = Sections.Alerts.Key(
        "webhook", Kinds.HttpsAddress("an address that takes a POST of JSON, such as https://hooks.example.org/abc"),
        static alerts => alerts.Webhook, static (alerts, value) => alerts with { Webhook = value },
        "An address that gets each alert as JSON, by POST. It is a secret.",
        example: "https://hooks.example.org/services/abc", isSecret: true);

    public static readonly ConfigurationKey AlertsSelfCheck = Sections.Alerts.Key(
        "self_check", Kinds.IntervalOrOff(ShortestSelfCheck, Longest),
        static alerts => alerts.SelfCheck, static (alerts, value) => alerts with { SelfCheck = value },
        "How often the proxy checks itself, as a client would.",
        example: "30m");

    public static readonly ConfigurationKey AlertsSelfCheckAddress = Sections.Alerts.Key(
        "self_check_address", Kinds.ProxyAddress,
        static alerts => alerts.SelfCheckAddress, static (alerts, value) => alerts with { SelfCheckAddress = value },
        "Where the proxy checks itself, if this machine cannot reach itself under its public name.",
        example: "198.51.100.7:8443");

    // State

    public static readonly ConfigurationKey StateDirectory = Sections.Top.Key(
        "state_directory", Kinds.Path("the path of a directory that the program may write to", "path of a directory"),
        static settings => settings.StateDirectory,
        static (settings, value) => settings with { StateDirectory = value, Acme = settings.Acme with { StateDirectory = value } },
        "Where everything that must survive a restart is kept, such as the certificate and its account.",
        flag: new("--state-directory", "DIR"), example: "/srv/heliograph");

    /// <summary>In the order in which they are documented and shown.</summary>
    public static readonly KeyCatalog Catalog = new(
    [
        new("Names and addresses", [Domains, Listen, HttpListen]),
        new("Certificate", [CertificateSource, CertificateChain, CertificateKey]),
        new("ACME", [.. Acme.All, AcmeChallenges, AcmeKeyType]),
        new("A second certificate authority", [.. AcmeFailover.All]),
        new("Validation through DNS",
        [
            DnsHook, DnsHookTimeout, Rfc2136Server, Rfc2136KeyName, Rfc2136KeySecret, Rfc2136Algorithm, Rfc2136Zone, Rfc2136Transport,
            DnsVisibleAt, DnsVisibleTimeout,
        ]),
        new("Routes", [RouteSets, RouteHosts, RouteZones, RouteListKey]),
        new("Upstream", [UpstreamProxy, UpstreamProxyUser, UpstreamProxyPassword, UpstreamResolver, UpstreamResolverAddresses]),
        new("Unlisted names", [AccessMode, AccessMetrics, AccessAlerts]),
        new("Decoy", [DecoySite, DecoyLanguage, DecoyDirectory, DecoyUpstream, DecoyUpstreamH2, DecoyLike, DecoySeedFile]),
        new("Other servers beside and in front of this one", [Passthrough, TrustedProxies]),
        new("TLS", [TlsHandshake]),
        new("Relay", [FirstFlightPadding]),
        new("Limits",
        [
            MaxConnections, ConnectionsPerSource, HandshakesPerSecond, BytesPerSecond,
            MonthlyBytes, MonthlyResetDay, WhenLow, WhenSpent, SlowBytesPerSecond,
            HandshakeTimeout, HelloTimeout, ConnectTimeout, IdleTimeout, DrainTimeout, HandoverTimeout,
        ]),
        new("Metrics and log", [MetricsListen, LogLevel, LogFormat]),
        new("Alerts", [AlertsExec, AlertsWebhook, AlertsSelfCheck, AlertsSelfCheckAddress]),
        new("State", [StateDirectory]),
    ]);

    public static IReadOnlyList<ConfigurationKey> All => Catalog.All;
}
