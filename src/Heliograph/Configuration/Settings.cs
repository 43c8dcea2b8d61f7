using System.Net;
using Heliograph.Acme;
using Heliograph.Platform.Minisign;
using Heliograph.Relay;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Configuration;

/// <summary>
/// What the program runs with: the configuration file, the environment and the flags, read, checked and joined. Immutable.
/// </summary>
internal sealed record Settings
{
    private const string DefaultStateDirectory = "/var/lib/heliograph";

    /// <summary>What each key has that is not given.</summary>
    public static Settings Default { get; } = new() { Domains = [] };

    /// <summary>
    /// What clients type: DNS names in lower case (punycode) or IP addresses. Never empty. Wildcards too: clients then type a name that
    /// fits.
    /// </summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Where clients connect. Never empty.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.IPv6Any, 443)];

    /// <summary>Plain HTTP: the redirect to https and ACME's http-01. Empty: off.</summary>
    public IReadOnlyList<IPEndPoint> HttpListen { get; init; } = [new(IPAddress.IPv6Any, 80)];

    public CertificateSettings Certificate { get; init; } = new();

    /// <summary>Meant for <see cref="CertificateOrigin.Acme"/>, and checked for it only.</summary>
    public AcmeOptions Acme { get; init; } = new() { Domains = [], StateDirectory = DefaultStateDirectory };

    public RouteSettings Routes { get; init; } = new();

    public UpstreamSettings Upstream { get; init; } = new();

    /// <summary>
    /// The zones under which hosts are looked for. A proxy resolves the names, so that nothing here knows whether one exists.
    /// </summary>
    public IReadOnlyList<string> OpenZones => Upstream.Proxy is null ? Routes.OpenZones : [];

    public DecoySettings Decoy { get; init; } = new();

    /// <summary>Name, wildcard or <c>default</c> to another web server.</summary>
    public IReadOnlyDictionary<string, PassthroughSite> Passthrough { get; init; } =
        new Dictionary<string, PassthroughSite>(StringComparer.Ordinal);

    /// <summary>Whose connections begin with a PROXY protocol header.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Who performs the outer TLS handshake.</summary>
    public TlsHandshake Handshake { get; init; }

    /// <summary>Whether the first record to the client of a relayed connection is padded.</summary>
    public bool FirstFlightPadding { get; init; }

    public LimitSettings Limits { get; init; } = new();

    public AccessSettings Access { get; init; } = new();

    public SourceSettings Sources { get; init; } = new();

    /// <summary>The operator's database of countries; null: they are not counted.</summary>
    public string? CountryDatabase { get; init; }

    /// <summary>Where Prometheus asks. Empty: off.</summary>
    public IReadOnlyList<IPEndPoint> MetricsListen { get; init; } = [new(IPAddress.Loopback, 9464)];

    /// <summary><see cref="MetricsListen"/> is not configured: the server then starts even if the default port is taken.</summary>
    public bool IsMetricsListenDefault { get; init; }

    /// <summary>Whether the metrics have a label with this machine's name in its fleet.</summary>
    public bool LabelsMachine { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public LogFormat LogFormat { get; init; }

    public AlertSettings Alerts { get; init; } = new();

    /// <summary>The wildcard under which unlisted names are made; null: there is none.</summary>
    public string? Wildcard => Domains.FirstOrDefault(static domain => domain.StartsWith("*.", StringComparison.Ordinal));

    /// <summary>An absolute path.</summary>
    public string StateDirectory { get; init; } = DefaultStateDirectory;

    /// <summary>These, but with the values of <paramref name="started"/> for the keys that need a restart.</summary>
    public Settings StartedAs(Settings started) =>
        Keys.All.Where(static key => !key.IsLive).Aggregate(this, (settings, key) => key.Copy(from: started, to: settings));
}

internal enum CertificateOrigin
{
    Acme,
    Files,
    SelfSigned,
}

/// <summary>How a message of the log is written.</summary>
internal enum LogFormat
{
    /// <summary><see cref="Journal"/> where standard error is the journal's stream; otherwise <see cref="Text"/>.</summary>
    Auto,

    Text,
    Journal,
    Json,
}

/// <param name="Source">Where the certificate comes from.</param>
/// <param name="Chain">For <see cref="CertificateOrigin.Files"/>: the PEM file of the chain, leaf first.</param>
/// <param name="Key">For <see cref="CertificateOrigin.Files"/>: the PEM file of the leaf's private key.</param>
internal sealed record CertificateSettings(CertificateOrigin Source = CertificateOrigin.Acme, string? Chain = null, string? Key = null);

internal sealed record RouteSettings
{
    private static readonly IReadOnlyDictionary<string, ZoneMode> DefaultZones =
        new Dictionary<string, ZoneMode>(StringComparer.Ordinal) { [HostList.SignalZone] = ZoneMode.Public };

    public IReadOnlyList<string> Sets { get; init; } = ["signal"];

    /// <summary>Inner name to endpoint; adds to the sets or overrides them.</summary>
    public IReadOnlyDictionary<string, UpstreamEndpoint> Hosts { get; init; } =
        new Dictionary<string, UpstreamEndpoint>(StringComparer.Ordinal);

    /// <summary>What is done with names under a zone that are no listed hosts.</summary>
    public IReadOnlyDictionary<string, ZoneMode> Zones { get; init; } = DefaultZones;

    /// <summary>Checks a list of hosts that is to take the place of the program's own; null: the program's own key.</summary>
    public MinisignKey? ListKey { get; init; }

    /// <summary>Whether <see cref="Zones"/> counts: the default does so only with the set that it belongs to.</summary>
    public bool HasZones => HasSignalSet || !ReferenceEquals(Zones, DefaultZones);

    private bool HasSignalSet => Sets.Contains(HostList.SignalSet, StringComparer.Ordinal);

    /// <summary>
    /// The zones under which hosts are looked for: those that are configured, and Signal's own with the set of its hosts.
    /// </summary>
    public IReadOnlyList<string> OpenZones
    {
        get
        {
            if (!HasZones || Zones.ContainsKey(RouteZone.All))
                return [];
            var implied = HasSignalSet && !Zones.ContainsKey(HostList.SignalZone) ? [HostList.SignalZone] : Array.Empty<string>();
            return [.. implied, .. Zones.Where(static zone => zone.Value == ZoneMode.Public).Select(static zone => zone.Key)];
        }
    }
}

/// <summary>How Signal's hosts are reached.</summary>
internal sealed record UpstreamSettings
{
    /// <summary>Of the proxy, without the user; null: there is none.</summary>
    public UpstreamProxy? Address { get; init; }

    public string? User { get; init; }

    /// <summary>A secret.</summary>
    public string? Password { get; init; }

    /// <summary>The address of a resolver that speaks DNS over HTTPS; null: the system's resolver.</summary>
    public string? Resolver { get; init; }

    /// <summary>Of its host; empty: its name is resolved.</summary>
    public IReadOnlyList<IPAddress> ResolverAddresses { get; init; } = [];

    /// <summary>The whole proxy; null: the hosts are reached directly.</summary>
    public UpstreamProxy? Proxy => Address is null ? null : Address with { User = User, Password = Password };
}

/// <summary>The web site for everyone who is not a Signal client: a directory, an upstream, or (both null) the built-in site.</summary>
internal sealed record DecoySettings(string? Directory = null, UpstreamEndpoint? Upstream = null, UpstreamEndpoint? UpstreamH2 = null)
{
    public const string LikeThisMachine = "auto";

    /// <summary>The name of the nginx that it behaves like.</summary>
    public string Like { get; init; } = LikeThisMachine;

    /// <summary>That nginx.</summary>
    public NginxProfile Profile => NginxProfile.All.FirstOrDefault(profile => profile.Name == Like) ?? NginxProfile.OfThisMachine();

    /// <summary>Where the built-in site's seed is; null: in the state directory.</summary>
    public string? SeedFile { get; init; }

    /// <summary>The language of the built-in site, or <c>auto</c>.</summary>
    public string Language { get; init; } = Auto;

    /// <summary>The machine's language.</summary>
    public const string Auto = "auto";
}

/// <summary>Where alerts go; only to the log where both are null.</summary>
internal sealed record AlertSettings
{
    /// <summary>A program.</summary>
    public string? Exec { get; init; }

    /// <summary>An address; a secret.</summary>
    public string? Webhook { get; init; }

    /// <summary>How often the proxy checks itself; null: never.</summary>
    public TimeSpan? SelfCheck { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where this machine reaches the proxy; null: under its name, as everybody does.</summary>
    public ProxyAddress? SelfCheckAddress { get; init; }
}

/// <summary>Which outer names lead to Signal's hosts.</summary>
internal sealed record AccessSettings
{
    /// <summary>Only the names that were given to groups; otherwise every name does.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>Whether metrics name the groups.</summary>
    public bool NamesInMetrics { get; init; }

    /// <summary>Whether alerts name the groups.</summary>
    public bool NamesInAlerts { get; init; }
}

/// <summary>For whom nothing is relayed, by where they come from.</summary>
internal sealed record SourceSettings
{
    /// <summary>In the place of a list: everybody who is not allowed.</summary>
    public const string All = "all";

    public const int MostLists = 16;

    /// <summary>Paths and web addresses of lists, or <see cref="All"/>.</summary>
    public IReadOnlyList<string> Block { get; init; } = [];

    /// <summary>Those of the lists of who is relayed all the same.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>How often a list is downloaded.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Whether private and loopback addresses are blocked that a list has.</summary>
    public bool BlocksPrivate { get; init; }

    public bool IsOff => Block.Count == 0;

    public bool BlocksAll => Block.Contains(All, StringComparer.Ordinal);

    /// <summary>The lists of <see cref="Block"/>.</summary>
    public IEnumerable<string> BlockLists => Block.Where(static one => one != All);

    /// <summary>Every list once.</summary>
    public IEnumerable<string> Lists => BlockLists.Concat(Allow).Distinct(StringComparer.Ordinal);
}

internal sealed record LimitSettings
{
    /// <summary>Null: <c>auto</c>, from the file-descriptor limit and the memory of the machine.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Null: <c>auto</c>, from <see cref="MaxConnections"/>; 0: off.</summary>
    public int? ConnectionsPerSource { get; init; }

    /// <summary>The rest of what the relay enforces. <see cref="RelayLimits.ConnectionsPerSource"/> is not set here.</summary>
    public RelayLimits Relay { get; init; } = new();

    public BudgetSettings Budget { get; init; } = new();

    /// <summary>How long connections may continue after SIGTERM.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long they may continue once a client waits for the next process, where systemd holds the listening sockets.</summary>
    public TimeSpan HandoverTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How much may pass in a month.</summary>
internal sealed record BudgetSettings
{
    /// <summary>As the machine's interface carries them, in and out; 0: off.</summary>
    public long MonthlyBytes { get; init; }

    public bool IsLimited => MonthlyBytes > 0;

    /// <summary>The day on which the month begins, in UTC.</summary>
    public int ResetDay { get; init; } = 1;

    /// <summary>At 80 %: slow relaying, besides the warning.</summary>
    public bool SlowsWhenLow { get; init; }

    /// <summary>At the end: slow relaying instead of none.</summary>
    public bool SlowsWhenSpent { get; init; }

    /// <summary>
    /// The rate of both. 64 KB per second carry the chats of some hundred people, and 160 GB a month if they never pause.
    /// </summary>
    public long SlowBytesPerSecond { get; init; } = 64_000;
}
