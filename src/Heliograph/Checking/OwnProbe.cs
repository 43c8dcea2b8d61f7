using System.Net;
using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Relay.Routing;

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

    /// <summary>Null: no client could use the certificate, so there is nothing to check.</summary>
    /// <param name="settings">The whole configuration.</param>
    /// <param name="endpoints">Where it listens.</param>
    /// <param name="routes">The list of hosts.</param>
    /// <param name="announce">Tells the relay which connections are its own.</param>
    /// <param name="timeProvider">The time.</param>
    public static SelfCheckProbe? Create(
        Settings settings, IReadOnlyList<IPEndPoint> endpoints, RouteTable routes, AnnounceFlight announce, TimeProvider timeProvider)
    {
        // No client trusts a self-signed certificate.
        if (settings.Certificate.Source == CertificateOrigin.SelfSigned)
            return null;
        var name = FindName(settings);
        var asked = RoutesToAsk(routes);
        var options = new CheckOptions
        {
            Proxy = new(name, FindPort(endpoints)),
            DialAt = settings.Alerts.SelfCheckAddress,
            Announce = announce,
            Routes = [.. asked.Select(static route => route.Name)],
            Opens = settings.Access.IsUnlisted,
            AsStranger = false,
            HttpPort = null,
            Upstream = settings.Upstream,
            Direct = asked,
        };
        return async cancellationToken =>
        {
            var report = await ProxyCheck.RunAsync(options, progress: null, timeProvider, cancellationToken);
            return report.Works ? null : report.Summary.TrimEnd('.');
        };
    }

    /// <summary>
    /// What clients ask for, wherever it is dialled: the first of the domains, or the one that is named to be dialled. Under a wildcard, a
    /// name that nobody has: a group's own would be told to every DNS server on the way.
    /// </summary>
    public static string FindName(Settings settings) =>
        settings.Alerts.SelfCheckAddress is { } given && settings.Domains.Any(domain => NamePattern.Covers(domain, given.Host)) ? given.Host
        : settings is { Access.IsUnlisted: true, Wildcard: { } unlisted } ? HostLabel.CreateName(unlisted)
        : settings.Domains[0] is var first && first.StartsWith('*') ? HostLabel.CreateName(first)
        : first;

    /// <summary>The port that clients use.</summary>
    private static int FindPort(IReadOnlyList<IPEndPoint> endpoints) =>
        endpoints.Any(static endpoint => endpoint.Port == ProxyAddress.DefaultPort) ? ProxyAddress.DefaultPort : endpoints[0].Port;

    private static List<Route> RoutesToAsk(RouteTable routes)
    {
        var preferred = Preferred.Select(routes.Find).OfType<Route>().Take(MostRoutes).ToList();
        return preferred.Count > 0 ? preferred : [.. routes.Routes.Take(1)];
    }
}
