using System.Net;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Configuration;
using Heliograph.Relay.Routing;

namespace Heliograph.Checking;

/// <summary>What is asked of a proxy, and how long it may take.</summary>
internal sealed record CheckOptions
{
    /// <summary>A domain that is reserved for such use (RFC 2606), has a server that always answers, and means nothing to a censor.</summary>
    public static readonly ProxyAddress UsualNeutral = new("example.com", 443);

    public required ProxyAddress Proxy { get; init; }

    /// <summary>The inner names that are asked for. None: the outer side alone.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [.. RouteSets.OfToday("signal")];

    /// <summary>Addresses that stand in place of what DNS says of a name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Resolve { get; init; } = new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);

    /// <summary>Trusted for the outer certificate, beside the system's roots.</summary>
    public X509Certificate2Collection? CaRoots { get; init; }

    /// <summary>What Signal's own hosts must lead to. Null: their names are compared, and nothing more can be said.</summary>
    public X509Certificate2Collection? SignalRoots { get; init; }

    /// <summary>Look at it also as somebody without a Signal client would.</summary>
    public bool AsStranger { get; init; } = true;

    /// <summary>Plain HTTP, for the stranger's view; null: not looked at.</summary>
    public int? HttpPort { get; init; } = 80;

    /// <summary>
    /// Where hosts that fail are dialled from here, to tell a proxy that cannot reach Signal from one that does not relay. Only on the proxy's own
    /// machine: a connection to Signal is what a censor looks for. Empty: nothing is dialled but the proxy.
    /// </summary>
    public IReadOnlyDictionary<string, ProxyAddress> Direct { get; init; } = new Dictionary<string, ProxyAddress>(StringComparer.Ordinal);

    /// <summary>Asked only when the proxy cannot be reached at all, to tell whether the network here is down. Null: never.</summary>
    public ProxyAddress? Neutral { get; init; } = UsualNeutral;

    /// <summary>For each step: a lookup, a connection, a handshake, an answer.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For all of it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);
}
