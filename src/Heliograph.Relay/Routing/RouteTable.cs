using System.Collections.Frozen;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Routing;

/// <summary>One allowed inner name and where it leads.</summary>
/// <param name="Name">The inner server name, in lower case.</param>
/// <param name="Endpoint">Where its bytes go.</param>
/// <param name="PublicOnly">
/// Whether only addresses of the public internet are dialled: true for the built-in routes, false for the operator's own.
/// </param>
public sealed record Route(string Name, UpstreamEndpoint Endpoint, bool PublicOnly);

/// <summary>
/// The allow-list: exact names, ignoring case, and the zones under which further names may be found (<see cref="ZoneHosts"/>). Any other
/// name is never resolved and never dialled.
/// </summary>
public sealed class RouteTable
{
    /// <summary>grpc.chat.signal.org has two labels below its zone; none of Signal's hosts that apps ask for has more.</summary>
    private const int MostLabels = 2;

    private readonly FrozenDictionary<string, Route> routes;
    private readonly HostList list;

    private RouteTable(FrozenDictionary<string, Route> routes, IReadOnlyList<string> zones, HostList list)
    {
        this.routes = routes;
        Zones = zones;
        this.list = list;
    }

    /// <summary>All routes, by name.</summary>
    public IEnumerable<Route> Routes => routes.Values.OrderBy(static route => route.Name, StringComparer.Ordinal);

    /// <summary>The zones under which names may be found.</summary>
    public IReadOnlyList<string> Zones { get; }

    /// <summary>The version of the list that the sets are from.</summary>
    public long ListVersion => list.Version;

    /// <summary>
    /// Combines built-in sets with the operator's own hosts, which override them. No names are looked for under any zone.
    /// </summary>
    /// <param name="sets">Names of <see cref="HostList.SetNames"/>.</param>
    /// <param name="hosts">Inner name to endpoint.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static RouteTable Create(IEnumerable<string> sets, IReadOnlyDictionary<string, UpstreamEndpoint> hosts) =>
        Create(sets, hosts, zones: [], HostList.BuiltIn);

    /// <param name="sets">Names of <see cref="HostList.SetNames"/>.</param>
    /// <param name="hosts">Inner name to endpoint.</param>
    /// <param name="zones">Domains, in lower case, under which names may be found.</param>
    /// <param name="list">Has the sets.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static RouteTable Create(
        IEnumerable<string> sets, IReadOnlyDictionary<string, UpstreamEndpoint> hosts, IEnumerable<string> zones, HostList list)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentNullException.ThrowIfNull(list);
        var routes = new Dictionary<string, Route>(StringComparer.OrdinalIgnoreCase);
        foreach (var set in sets)
        {
            foreach (var (name, target) in list.Find(set))
                routes[name] = new Route(name, new UpstreamEndpoint.Tcp(target, 443), PublicOnly: true);
        }
        foreach (var (name, endpoint) in hosts)
            routes[name] = new Route(name.ToLowerInvariant(), endpoint, PublicOnly: false);
        return new RouteTable(routes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), [.. zones], list);
    }

    /// <summary>The route for an inner name, or null: the decoy.</summary>
    public Route? Find(string? name) => name is null ? null : routes.GetValueOrDefault(name);

    /// <summary>
    /// Whether an inner name, in lower case, may be a host of which this list does not know: one or two labels under a zone, and no web
    /// site.
    /// </summary>
    public bool IsInZone(string name) =>
        Zones.Any(zone => IsShortlyBelow(name, zone)) && HostListReader.IsHostName(name)
        && !list.WebSites.Contains(name) && !list.WebSites.Contains(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    private static bool IsShortlyBelow(string name, string zone) =>
        name.EndsWith(zone, StringComparison.Ordinal)
        && name[..^zone.Length] is [.. var below, '.'] && below.AsSpan().Count('.') < MostLabels;
}
