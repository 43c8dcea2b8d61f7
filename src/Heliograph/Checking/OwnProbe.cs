using System.Net;
using Heliograph.Configuration;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Checking;

/// <summary>Goes through the proxy once, as a client would.</summary>
/// <returns>Why clients cannot use it, in one sentence; null: they can.</returns>
internal delegate Task<string?> SelfCheckProbe(CancellationToken cancellationToken);

/// <summary>
/// How the proxy checks itself: like <c>heliograph check</c>, with one or two of the hosts and without the stranger's view.
/// </summary>
internal static class OwnProbe
{
    private const int MostRoutes = 2;

    /// <summary>Today's apps cannot connect without these.</summary>
    private static readonly string[] Preferred =
    [
        "grpc.chat.signal.org",
        "chat.signal.org",
        "grpc.chat.staging.signal.org",
        "chat.staging.signal.org",
    ];

    /// <summary>Null: there is nothing that a client could use, so there is nothing to check.</summary>
    /// <param name="settings">The whole configuration.</param>
    /// <param name="endpoints">Where it listens.</param>
    /// <param name="routes">The list of hosts.</param>
    /// <param name="timeProvider">The time.</param>
    public static SelfCheckProbe? Create(
        Settings settings, IReadOnlyList<IPEndPoint> endpoints, RouteTable routes, TimeProvider timeProvider)
    {
        // No client trusts a self-signed certificate.
        if (settings.Certificate.Source == CertificateOrigin.SelfSigned || FindAddress(settings, endpoints) is not { } address)
            return null;
        var asked = RoutesToAsk(routes);
        var options = new CheckOptions
        {
            Proxy = address,
            Routes = [.. asked.Select(static route => route.Name)],
            AsStranger = false,
            HttpPort = null,
            Direct = asked
                .Where(static route => route.Endpoint is UpstreamEndpoint.Tcp)
                .ToDictionary(
                    static route => route.Name, static route => ToAddress((UpstreamEndpoint.Tcp)route.Endpoint), StringComparer.Ordinal),
        };
        return async cancellationToken =>
        {
            var report = await ProxyCheck.RunAsync(options, progress: null, timeProvider, cancellationToken);
            return report.Works ? null : report.Summary.TrimEnd('.');
        };
    }

    private static ProxyAddress? FindAddress(Settings settings, IReadOnlyList<IPEndPoint> endpoints)
    {
        if (settings.Alerts.SelfCheckAddress is { } given)
            return given;
        // Only clients know what a wildcard stands for.
        var name = settings.Domains.FirstOrDefault(static domain => !domain.StartsWith('*'));
        var port = endpoints.Any(static endpoint => endpoint.Port == ProxyAddress.DefaultPort)
            ? ProxyAddress.DefaultPort
            : endpoints[0].Port;
        return name is null ? null : new(name, port);
    }

    private static List<Route> RoutesToAsk(RouteTable routes)
    {
        var preferred = Preferred.Select(routes.Find).OfType<Route>().Take(MostRoutes).ToList();
        return preferred.Count > 0 ? preferred : [.. routes.Routes.Take(1)];
    }

    private static ProxyAddress ToAddress(UpstreamEndpoint.Tcp endpoint) => new(endpoint.Host, endpoint.Port);
}
