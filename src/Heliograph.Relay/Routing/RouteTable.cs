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

/// <summary>The allow-list: exact names, ignoring case. A name that is not in it is never resolved and never dialled.</summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, Route> routes;

    private RouteTable(FrozenDictionary<string, Route> routes) => this.routes = routes;

    /// <summary>All routes, by name.</summary>
    public IEnumerable<Route> Routes => routes.Values.OrderBy(static route => route.Name, StringComparer.Ordinal);

    /// <summary>Combines built-in sets with the operator's own hosts, which override them.</summary>
    /// <param name="sets">Names of <see cref="RouteSets"/>.</param>
    /// <param name="hosts">Inner name to endpoint.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static RouteTable Create(IEnumerable<string> sets, IReadOnlyDictionary<string, UpstreamEndpoint> hosts)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(hosts);
        var routes = new Dictionary<string, Route>(StringComparer.OrdinalIgnoreCase);
        foreach (var set in sets)
        {
            foreach (var (name, target) in RouteSets.Find(set))
                routes[name] = new Route(name, new UpstreamEndpoint.Tcp(target, 443), PublicOnly: true);
        }
        foreach (var (name, endpoint) in hosts)
            routes[name] = new Route(name.ToLowerInvariant(), endpoint, PublicOnly: false);
        return new RouteTable(routes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The route for an inner name, or null: the decoy.</summary>
    public Route? Find(string? name) => name is null ? null : routes.GetValueOrDefault(name);
}
