using System.Net;
using Heliograph.Web;

namespace Heliograph.Configuration;

/// <summary>
/// Every key there is, each in one place: here, or in <see cref="IssuerKeys"/>, <see cref="DnsKeys"/> or <see cref="LimitKeys"/>. To add
/// one: an entry, in its group below, and the property of the settings that it fills. The names are a contract with operators. A key that
/// does not say what a reload does with it needs a restart.
/// </summary>
internal static class Keys
{
    private const string DecoyChoice = "decoy";

    private static readonly TimeSpan ShortestSelfCheck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSelfCheck = TimeSpan.FromDays(7);
    private static readonly TimeSpan ShortestRefresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromDays(30);

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
        "Whether metrics, and the page beside them, show each group, by its name. The names in its links are never shown.",
        OnReload.TakesEffect, example: "true");

    public static readonly ConfigurationKey AccessAlerts = Sections.Access.Key(
        "alerts", Kinds.TrueOrFalse(),
        static access => access.NamesInAlerts, static (access, value) => access with { NamesInAlerts = value },
        "Whether alerts.exec and alerts.webhook are told which group's name is being probed. The log never is.",
        OnReload.TakesEffect, example: "true");

    // Sources

    public static readonly ConfigurationKey SourcesBlock = Sections.Sources.Key(
        "block", new ListKind<string>(Kinds.SourceList(SourceSettings.All)),
        static sources => sources.Block, static (sources, value) => sources with { Block = value },
        "Lists of prefixes for which nothing is relayed: whoever comes from there gets the web site. all: everybody who is not in "
        + "sources.allow.",
        OnReload.TakesEffect, example: "/etc/heliograph/block.netset, https://lists.example.org/drop.txt");

    public static readonly ConfigurationKey SourcesAllow = Sections.Sources.Key(
        "allow", new ListKind<string>(Kinds.SourceList()),
        static sources => sources.Allow, static (sources, value) => sources with { Allow = value },
        "Lists of prefixes that are relayed whatever sources.block says.",
        OnReload.TakesEffect, example: "/etc/heliograph/allow.zone");

    public static readonly ConfigurationKey SourcesRefresh = Sections.Sources.Key(
        "refresh", Kinds.Duration(ShortestRefresh, LongestRefresh),
        static sources => sources.Refresh, static (sources, value) => sources with { Refresh = value },
        "How often the lists that are web addresses are downloaded. Files are read when they change.",
        OnReload.TakesEffect, example: "12h");

    public static readonly ConfigurationKey SourcesBlockPrivate = Sections.Sources.Key(
        "block_private", Kinds.TrueOrFalse(),
        static sources => sources.BlocksPrivate, static (sources, value) => sources with { BlocksPrivate = value },
        "Whether private and loopback addresses are blocked too. Otherwise they are left out of the lists in sources.block.",
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

    // Monitoring

    public static readonly ConfigurationKey MetricsListen = Sections.Metrics.Key(
        "listen", new ListKind<IPEndPoint>(Kinds.ListenAddress, empty: "turns it off"),
        static settings => settings.MetricsListen, static (settings, value) => settings with { MetricsListen = value },
        "A page for you, metrics for Prometheus, and /healthz. Keep it on loopback: they show how much the proxy is used.",
        example: "127.0.0.1:9465");

    public static readonly ConfigurationKey MetricsMachine = Sections.Metrics.Key(
        "machine", Kinds.TrueOrFalse(),
        static settings => settings.LabelsMachine, static (settings, value) => settings with { LabelsMachine = value },
        "Whether each figure has a label machine, with the name that this machine has in its fleet.",
        example: "true");

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

    // Statistics

    public static readonly ConfigurationKey StatisticsCountries = Sections.Statistics.Key(
        "countries",
        Kinds.Path("the path of a database of countries in the MMDB format, such as GeoLite2-Country.mmdb", "path of an MMDB file"),
        static settings => settings.CountryDatabase, static (settings, value) => settings with { CountryDatabase = value },
        "A database of your own that says which country an address is in. heliograph status then shows this week's connections by "
        + "country, rounded; they are kept in memory only.",
        OnReload.TakesEffect, example: "/var/lib/GeoIP/GeoLite2-Country.mmdb");

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
        "self_check", Kinds.IntervalOrOff(ShortestSelfCheck, LongestSelfCheck),
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
        new("Validation through DNS", DnsKeys.All),
        new("Routes", [RouteSets, RouteHosts, RouteZones, RouteListKey]),
        new("Upstream", [UpstreamProxy, UpstreamProxyUser, UpstreamProxyPassword, UpstreamResolver, UpstreamResolverAddresses]),
        new("Unlisted names", [AccessMode, AccessMetrics, AccessAlerts]),
        new("Sources", [SourcesBlock, SourcesAllow, SourcesRefresh, SourcesBlockPrivate]),
        new("Decoy", [DecoySite, DecoyLanguage, DecoyDirectory, DecoyUpstream, DecoyUpstreamH2, DecoyLike, DecoySeedFile]),
        new("Other servers beside and in front of this one", [Passthrough, TrustedProxies]),
        new("TLS", [TlsHandshake]),
        new("Relay", [FirstFlightPadding]),
        new("Limits", LimitKeys.All),
        new("Metrics and log", [MetricsListen, MetricsMachine, LogLevel, LogFormat]),
        new("Statistics", [StatisticsCountries]),
        new("Alerts", [AlertsExec, AlertsWebhook, AlertsSelfCheck, AlertsSelfCheckAddress]),
        new("State", [StateDirectory]),
    ]);

    public static IReadOnlyList<ConfigurationKey> All => Catalog.All;
}
