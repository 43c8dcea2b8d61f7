using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

internal enum KeyKind
{
    Scalar,
    List,

    /// <summary>Names of the operator's choice, each with one value, or with a few keys (<see cref="Key.EntryKeys"/>).</summary>
    Map,
}

/// <summary>A key of the configuration. Its path is written with ':' as in Microsoft.Extensions.Configuration; people see it with '.'.</summary>
/// <param name="Path">The sections and the name, joined by ':'.</param>
/// <param name="Kind">What stands at the path.</param>
/// <param name="Allowed">What a value may be, for error messages.</param>
/// <param name="Secret">Its value is never shown.</param>
/// <param name="EntryKeys">For a map: what an entry may have in the place of one value. The first is that value; the others follow it as <c>KEY=VALUE</c> where all stands on one line.</param>
internal sealed record Key(string Path, KeyKind Kind, string Allowed, bool Secret = false, IReadOnlyList<string>? EntryKeys = null)
{
    public string Name => Display(Path);

    public static string Display(string path) => path.Replace(':', '.');

    /// <summary>A value as it may be shown.</summary>
    public string Show(string value) => Secret ? "********" : value;
}

/// <summary>Every key there is. The names are a contract with operators.</summary>
internal static class Keys
{
    private const string Addresses = "\"ADDRESS:PORT\", such as \"[::]:443\" (every address), \"0.0.0.0:443\" or \"127.0.0.1:8443\"; port 0 lets the system pick one";
    private const string Size = "off, or a whole number with its unit KB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), such as 500GB";
    private const string Rate = "off, or a whole number with its unit KB, MB, GB, KiB, MiB, GiB, Kbit, Mbit or Gbit, such as 5MB or 100Mbit, meant for each second";
    private const string Duration = "a whole number with its unit ms, s, m, h or d, such as 500ms, 60s, 10m, 1h or 2d";

    public static readonly Key Domains = new("domains", KeyKind.List, "a DNS name such as proxy.example.org, or an IP address");
    public static readonly Key Listen = new("listen", KeyKind.List, Addresses);
    public static readonly Key HttpListen = new("http:listen", KeyKind.List, Addresses + "; [] turns it off");
    public static readonly Key CertificateSource = new("certificate:source", KeyKind.Scalar, "acme, files or self-signed");
    public static readonly Key CertificateChain = new("certificate:chain", KeyKind.Scalar, "the path of a PEM file: the certificate chain, leaf first");
    public static readonly Key CertificateKey = new("certificate:key", KeyKind.Scalar, "the path of a PEM file: the private key of the leaf");
    public static readonly IssuerKeys Acme = new("acme");
    public static readonly Key AcmeChallenges = new("acme:challenges", KeyKind.List, "tls-alpn-01, http-01 or dns-01");
    public static readonly Key AcmeKeyType = new("acme:key_type", KeyKind.Scalar, "ecdsa-p256 or rsa-2048");
    public static readonly IssuerKeys AcmeFailover = new("acme:failover");
    public static readonly Key DnsHook = new("acme:dns:hook", KeyKind.Scalar, "the path of a program that is called as: HOOK present|cleanup FQDN VALUE");
    public static readonly Key DnsHookTimeout = new("acme:dns:hook_timeout", KeyKind.Scalar, Duration);
    public static readonly Key Rfc2136Server = new("acme:dns:rfc2136:server", KeyKind.Scalar, "the address of the zone's primary name server, with its port if that is not 53");
    public static readonly Key Rfc2136KeyName = new("acme:dns:rfc2136:key_name", KeyKind.Scalar, "the name of the TSIG key");
    public static readonly Key Rfc2136KeySecret = new("acme:dns:rfc2136:key_secret", KeyKind.Scalar, "the secret of the TSIG key, in base64", Secret: true);
    public static readonly Key Rfc2136Algorithm = new("acme:dns:rfc2136:algorithm", KeyKind.Scalar, "hmac-sha256 or hmac-sha512");
    public static readonly Key Rfc2136Zone = new("acme:dns:rfc2136:zone", KeyKind.Scalar, "the name of the zone that holds the records");
    public static readonly Key Rfc2136Transport = new("acme:dns:rfc2136:transport", KeyKind.Scalar, "udp or tcp");
    public static readonly Key DnsVisibleAt = new("acme:dns:visible_at", KeyKind.List, "the address of a name server, with its port if that is not 53");
    public static readonly Key DnsVisibleTimeout = new("acme:dns:visible_timeout", KeyKind.Scalar, Duration);
    public static readonly Key RouteSets = new("routes:sets", KeyKind.List, string.Join(" or ", Relay.Routing.RouteSets.Names));
    public static readonly Key RouteHosts = new("routes:hosts", KeyKind.Map, "a host name with " + UpstreamEndpoint.Syntax);
    public static readonly Key DecoySite = new("decoy:site", KeyKind.Scalar, "built-in");
    public static readonly Key DecoyDirectory = new("decoy:directory", KeyKind.Scalar, "the path of a directory with a static web site");
    public static readonly Key DecoyUpstream = new("decoy:upstream", KeyKind.Scalar, UpstreamEndpoint.Syntax);
    public static readonly Key DecoyUpstreamH2 = new("decoy:upstream_h2", KeyKind.Scalar, UpstreamEndpoint.Syntax);
    public static readonly Key Passthrough = new("passthrough", KeyKind.Map,
        $"a host name, \"*.\" and a domain, or {PassthroughTable.Default}, with {UpstreamEndpoint.Syntax}, or with {{ upstream: ENDPOINT, proxy_protocol: v2 }}",
        EntryKeys: [PassthroughReader.Upstream, PassthroughReader.ProxyProtocol]);
    public static readonly Key TrustedProxies = new("trusted_proxies", KeyKind.List, "an IP address, or a network such as 10.0.0.0/8 or \"2001:db8::/32\"");
    public static readonly Key MaxConnections = new("limits:max_connections", KeyKind.Scalar, "auto, or a whole number from 1 to 10000000");
    public static readonly Key ConnectionsPerSource = new("limits:max_connections_per_source", KeyKind.Scalar, "auto, off, or a whole number from 1 to 10000000");
    public static readonly Key HandshakesPerSecond = new("limits:handshakes_per_second", KeyKind.Scalar, "off, or a whole number from 1 to 100000");
    public static readonly Key BytesPerSecond = new("limits:bytes_per_second", KeyKind.Scalar, Rate);
    public static readonly Key MonthlyBytes = new("limits:monthly_bytes", KeyKind.Scalar, Size);
    public static readonly Key MonthlyResetDay = new("limits:monthly_reset_day", KeyKind.Scalar, "a day of the month from 1 to 28");
    public static readonly Key WhenLow = new("limits:when_low", KeyKind.Scalar, "warn or slow");
    public static readonly Key WhenSpent = new("limits:when_spent", KeyKind.Scalar, "refuse or slow");
    public static readonly Key SlowBytesPerSecond = new("limits:slow_bytes_per_second", KeyKind.Scalar, Rate[5..]);
    public static readonly Key HandshakeTimeout = new("limits:handshake_timeout", KeyKind.Scalar, Duration);
    public static readonly Key HelloTimeout = new("limits:hello_timeout", KeyKind.Scalar, Duration);
    public static readonly Key ConnectTimeout = new("limits:connect_timeout", KeyKind.Scalar, Duration);
    public static readonly Key IdleTimeout = new("limits:idle_timeout", KeyKind.Scalar, Duration);
    public static readonly Key DrainTimeout = new("limits:drain_timeout", KeyKind.Scalar, Duration);
    public static readonly Key HandoverTimeout = new("limits:handover_timeout", KeyKind.Scalar, Duration);
    public static readonly Key MetricsListen = new("metrics:listen", KeyKind.List, Addresses + "; [] turns it off");
    public static readonly Key LogLevel = new("log:level", KeyKind.Scalar, string.Join(", ", Words.LogLevels.Select(static level => level.Word)));
    public static readonly Key AlertsExec = new("alerts:exec", KeyKind.Scalar, "the path of a program that is called as: PROGRAM STATE CAUSE TEXT");
    public static readonly Key AlertsWebhook = new("alerts:webhook", KeyKind.Scalar, "an address that takes a POST of JSON, such as https://hooks.example.org/abc", Secret: true);
    public static readonly Key AlertsSelfCheck = new("alerts:self_check", KeyKind.Scalar, "off, or how often: " + Duration);
    public static readonly Key AlertsSelfCheckAddress = new("alerts:self_check_address", KeyKind.Scalar, "HOST or HOST:PORT, where this machine reaches the proxy");
    public static readonly Key StateDirectory = new("state_directory", KeyKind.Scalar, "the path of a directory that the program may write to");

    /// <summary>Those of RFC 2136, for records in DNS.</summary>
    public static readonly IReadOnlyList<Key> Rfc2136 = [Rfc2136Server, Rfc2136KeyName, Rfc2136KeySecret, Rfc2136Algorithm, Rfc2136Zone, Rfc2136Transport];

    /// <summary>All of <c>acme.dns</c>.</summary>
    public static readonly IReadOnlyList<Key> Dns = [DnsHook, DnsHookTimeout, .. Rfc2136, DnsVisibleAt, DnsVisibleTimeout];

    /// <summary>In the order in which they are documented and shown.</summary>
    public static readonly IReadOnlyList<Key> All =
    [
        Domains, Listen, HttpListen, CertificateSource, CertificateChain, CertificateKey, .. Acme.All, AcmeChallenges, AcmeKeyType, .. AcmeFailover.All, .. Dns,
        RouteSets, RouteHosts, DecoySite, DecoyDirectory, DecoyUpstream, DecoyUpstreamH2,
        Passthrough, TrustedProxies,
        MaxConnections, ConnectionsPerSource, HandshakesPerSecond, BytesPerSecond, MonthlyBytes, MonthlyResetDay, WhenLow, WhenSpent, SlowBytesPerSecond,
        HandshakeTimeout, HelloTimeout, ConnectTimeout, IdleTimeout, DrainTimeout, HandoverTimeout, MetricsListen, LogLevel,
        AlertsExec, AlertsWebhook, AlertsSelfCheck, AlertsSelfCheckAddress, StateDirectory,
    ];

    public static Key? Find(string path) => All.FirstOrDefault(key => key.Path == path);

    public static bool IsSection(string path) => All.Any(key => key.Path.StartsWith(path + ":", StringComparison.Ordinal));

    /// <summary>The names that may stand right below a section ("" for the top).</summary>
    public static IEnumerable<string> NamesIn(string section)
    {
        var prefix = section.Length == 0 ? "" : section + ":";
        return All.Where(key => key.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(key => key.Path[prefix.Length..].Split(':')[0])
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>The sentence for a key that does not exist.</summary>
    /// <param name="path">What was given.</param>
    /// <param name="display">How the layer it was given in writes a path.</param>
    public static string Unknown(string path, Func<string, string> display)
    {
        var colon = path.LastIndexOf(':');
        var section = colon < 0 ? "" : path[..colon];
        var near = Suggestion.Nearest(path[(colon + 1)..], NamesIn(section));
        var there = near is null ? null : Join(section, near);
        // A key that stands in the wrong section is as common a slip as a misspelt one.
        there ??= All.FirstOrDefault(key => key.Path.EndsWith(":" + path[(colon + 1)..], StringComparison.OrdinalIgnoreCase))?.Path;
        return there is null
            ? $"there is no such key; there are: {string.Join(", ", NamesIn(IsSection(section) ? section : "").Select(name => display(Join(section, name))))}"
            : $"there is no such key; did you mean {display(there)}?";
    }

    public static string Join(string section, string name) => section.Length == 0 ? name : section + ":" + name;
}
