using System.Net;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Configuration;
using Heliograph.Relay.Routing;

namespace Heliograph.Checking;

/// <summary>What to check of a proxy, and how long it may take.</summary>
internal sealed record CheckOptions
{
    /// <summary>A domain reserved for such use (RFC 2606), with a server that always answers, and of no interest to a censor.</summary>
    public static readonly ProxyAddress UsualNeutral = new("example.com", 443);

    public required ProxyAddress Proxy { get; init; }

    /// <summary>
    /// Where the proxy is dialled, if not at the address of its name; the name is what it is asked for, and what its certificate is for.
    /// </summary>
    public ProxyAddress? DialAt { get; init; }

    /// <summary>Told of each connection to the proxy before it speaks, where the proxy is this machine's own; null: nobody is.</summary>
    public AnnounceFlight? Announce { get; init; }

    /// <summary>
    /// With <see cref="Announce"/>: the connections reach Signal's hosts whatever the name, for a check of a proxy with unlisted names.
    /// </summary>
    public bool Opens { get; init; }

    /// <summary>Whether the name must lead to a web site and to nothing else, as all but the unlisted names of a proxy do.</summary>
    public bool IsWebSite { get; init; }

    /// <summary>The inner names to request. None: only the outer side is checked.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [.. HostList.BuiltIn.GetCurrentNames("signal")];

    /// <summary>Addresses to use for a name instead of those from DNS.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Resolve { get; init; } =
        new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);

    /// <summary>Trusted for the outer certificate, in addition to the system's roots.</summary>
    public X509Certificate2Collection? CaRoots { get; init; }

    /// <summary>The roots that the certificates of Signal's own hosts must chain to. Null: only their names are compared.</summary>
    public X509Certificate2Collection? SignalRoots { get; init; }

    /// <summary>Also check what somebody without a Signal client sees.</summary>
    public bool AsStranger { get; init; } = true;

    /// <summary>
    /// Also look whether the etcd of a fleet answers strangers at the proxy's addresses. A user of the proxy would never connect there, so
    /// only who runs it asks for this.
    /// </summary>
    public bool LooksForEtcd { get; init; }

    /// <summary>Plain HTTP, for the stranger's view; null: not checked.</summary>
    public int? HttpPort { get; init; } = 80;

    /// <summary>
    /// The routes whose hosts are dialled directly if they fail, to distinguish a proxy that cannot reach Signal from one that does not
    /// relay. Only on the proxy's own machine: a connection to Signal is what a censor looks for. Empty: only the proxy is dialled.
    /// </summary>
    public IReadOnlyList<Route> Direct { get; init; } = [];

    /// <summary>How <see cref="Direct"/> is dialled, as the server does it: by which proxy or resolver.</summary>
    public UpstreamSettings Upstream { get; init; } = new();

    /// <summary>Tried only when the proxy cannot be reached at all, to see whether this machine's network is down. Null: never.</summary>
    public ProxyAddress? Neutral { get; init; } = UsualNeutral;

    /// <summary>For each step: a lookup, a connection, a handshake, an answer.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the whole check.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);
}
