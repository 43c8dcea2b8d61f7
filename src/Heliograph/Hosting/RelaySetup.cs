using Heliograph.Configuration;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Routing;
using Heliograph.Web;

namespace Heliograph.Hosting;

/// <summary>The relay that the settings ask for.</summary>
internal static class RelaySetup
{
    public static RelayOptions Options(
        Settings settings, NginxProfile like, ActivatedSockets sockets, RouteTable routes, DecoyEndpoints decoy)
    {
        var maxConnections =
            settings.Limits.MaxConnections
            ?? ConnectionLimit.Derive(ConnectionLimit.Descriptors, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return new()
        {
            Listen = sockets.Extend(settings.Listen),
            Inherited = sockets.Inherited,
            Routes = routes,
            Decoy = decoy,
            Proxy = settings.Upstream.Proxy,
            Passthrough = PassthroughTable.Create(settings.Domains, settings.Passthrough),
            TrustedProxies = settings.TrustedProxies,
            MaxConnections = maxConnections,
            Handshake = settings.Handshake,
            AgesSessions = like.AgesSessions,
            PadsFirstFlight = settings.FirstFlightPadding,
            Limits = settings.Limits.Relay with
            {
                ConnectionsPerSource = settings.Limits.ConnectionsPerSource ?? ConnectionLimit.PerSource(maxConnections),
            },
        };
    }
}
