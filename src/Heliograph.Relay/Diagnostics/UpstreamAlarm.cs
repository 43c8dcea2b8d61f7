using System.Collections.Concurrent;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// Warns the operator that the decoy or another web server is down: once, and not once for each visitor. From any thread.
/// </summary>
internal sealed class UpstreamAlarm(ILogger logger)
{
    private readonly ConcurrentDictionary<UpstreamEndpoint, bool> downSites = new();
    private int decoyDown;

    /// <summary>Whether the decoy's last visitor found it down.</summary>
    public bool IsDecoyDown => Volatile.Read(ref decoyDown) != 0;

    public void DecoyDialled(bool reached)
    {
        if (reached)
            Volatile.Write(ref decoyDown, 0);
        else if (Interlocked.Exchange(ref decoyDown, 1) == 0)
            logger.DecoyDown();
    }

    public void SiteDialled(PassthroughSite site, bool reached)
    {
        if (reached)
            downSites.TryRemove(site.Endpoint, out _);
        else if (downSites.TryAdd(site.Endpoint, true))
            logger.SiteDown(site.Endpoint);
    }
}
