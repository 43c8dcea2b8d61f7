using System.Collections.Concurrent;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// What all loops count together, once or twice per connection. The keys are the operator's names and endpoints, and the few
/// names that <see cref="ZoneHosts"/> found in DNS; no other name from the wire.
/// </summary>
internal sealed class ServerCounters
{
    private readonly ConcurrentDictionary<string, RouteCounters> routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UpstreamEndpoint, UpstreamCounters> upstreams = new();
    private readonly ConcurrentDictionary<string, UpstreamCounters> proxies = new(StringComparer.Ordinal);
    private long accepted;
    private int mostConnections;
    private int ownConnections;

    /// <summary>Relayed connections since the start, including those of removed routes.</summary>
    public long Relayed => routes.Values.Sum(static route => route.Begun);

    /// <summary>Relayed connections that are open.</summary>
    public int Relaying => routes.Values.Sum(static route => route.Open);

    public long Accepted => Volatile.Read(ref accepted);

    public int MostConnections => Volatile.Read(ref mostConnections);

    /// <summary>Open connections of our own.</summary>
    public int OwnConnections => Volatile.Read(ref ownConnections);

    /// <summary>For the relayed connections of our own, which count for no route.</summary>
    public RouteCounters OwnRelays { get; } = new();

    public RouteCounters GetRoute(Route route) => routes.GetOrAdd(route.Name, static _ => new());

    public UpstreamCounters GetUpstream(UpstreamEndpoint endpoint) => upstreams.GetOrAdd(endpoint, static _ => new());

    public UpstreamCounters GetProxy(UpstreamProxy proxy) => proxies.GetOrAdd(proxy.ToString(), static _ => new());

    /// <summary>
    /// Counts a connection as soon as it is known to be traffic, at the latest at its end: a counter that others read must not go back.
    /// </summary>
    /// <param name="connections">How many are open with this one.</param>
    public void CountAccepted(int connections)
    {
        Interlocked.Increment(ref accepted);
        var traffic = connections - OwnConnections;
        for (var most = MostConnections; traffic > most;)
        {
            var seen = Interlocked.CompareExchange(ref mostConnections, traffic, most);
            if (seen == most)
                break;
            most = seen;
        }
    }

    public void BeginOwn() => Interlocked.Increment(ref ownConnections);

    public void EndOwn() => Interlocked.Decrement(ref ownConnections);

    public IReadOnlyList<RouteStatistics> ReadRoutes(IEnumerable<Route> table) =>
        [
            .. table.Select(route => new RouteStatistics
            {
                Name = route.Name,
                Endpoint = route.Endpoint.ToString(),
                Connections = GetRoute(route).Begun,
                Open = GetRoute(route).Open,
            }),
        ];

    /// <param name="proxy">The proxy through which they are dialled; null: there is none.</param>
    /// <param name="table">The routes.</param>
    public IReadOnlyList<UpstreamStatistics> ReadUpstreams(UpstreamProxy? proxy, IEnumerable<Route> table) =>
    [
        .. proxy is null ? [] : new[] { GetProxy(proxy).Read(proxy.ToString(), isProxy: true) },
        .. table.Select(static route => route.Endpoint).Distinct().Select(endpoint => GetUpstream(endpoint).Read(endpoint.ToString())),
    ];
}
