using System.Collections.Concurrent;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// Warns the operator that the decoy, another web server or the upstream proxy is down: once, and not once for each visitor. From any
/// thread.
/// </summary>
internal sealed class UpstreamAlarm(ILogger logger)
{
    private readonly ConcurrentDictionary<UpstreamEndpoint, bool> downSites = new();
    private readonly ConcurrentDictionary<UpstreamEndpoint, DecoyState> downDecoys = new();
    private readonly ConcurrentDictionary<string, bool> downProxies = new(StringComparer.Ordinal);

    /// <summary>The worst that the last visitor of one of these endpoints got.</summary>
    public DecoyState GetState(DecoyEndpoints decoy) => new[] { decoy.Http1, decoy.Http2 ?? decoy.Http1, decoy.PlainHttp }
        .Max(endpoint => downDecoys.GetValueOrDefault(endpoint));

    /// <summary>Each endpoint counts for itself: the page for plain HTTP, which is always up, says nothing about the others.</summary>
    public void DecoyVisited(UpstreamEndpoint endpoint, DecoyState state)
    {
        // A server in this process is never down.
        if (endpoint is UpstreamEndpoint.InProcess)
            return;
        var before = downDecoys.GetOrAdd(endpoint, DecoyState.Served);
        if (state == before || !downDecoys.TryUpdate(endpoint, state, before))
            return;
        if (state == DecoyState.ErrorPage)
            logger.DecoyDown(endpoint);
        else if (state == DecoyState.Disconnected)
            logger.DecoyDisconnects(endpoint);
    }

    public void SiteDialled(PassthroughSite site, bool reached)
    {
        if (reached)
            downSites.TryRemove(site.Endpoint, out _);
        else if (downSites.TryAdd(site.Endpoint, true))
            logger.SiteDown(site.Endpoint);
    }

    /// <param name="proxy">The upstream proxy.</param>
    /// <param name="fault">What is wrong with it; null: it works.</param>
    public void ProxyAsked(UpstreamProxy proxy, ProxyFault? fault)
    {
        if (fault is null)
        {
            if (!downProxies.IsEmpty && downProxies.TryRemove(proxy.ToString(), out _))
                logger.ProxyWorksAgain(proxy);
        }
        else if (downProxies.TryAdd(proxy.ToString(), true))
        {
            logger.ProxyDown(proxy, fault.Words);
        }
    }
}
