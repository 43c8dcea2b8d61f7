using System.Net;
using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Platform.Resolving;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>
/// Who resolves the names of upstreams: those of the routes and under their zones, the resolver of upstream.resolver where there is one;
/// all others, which may be known in this machine's network only, the system's resolver.
/// </summary>
internal sealed class UpstreamNames : IAsyncDisposable
{
    private readonly HttpsResolver? resolver;
    private readonly Func<RouteTable> routes;

    /// <param name="settings">Which resolver.</param>
    /// <param name="routes">The routes in effect.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told when the resolver stops and begins to answer.</param>
    public UpstreamNames(UpstreamSettings settings, Func<RouteTable> routes, TimeProvider timeProvider, ILogger logger)
    {
        this.routes = routes;
        if (settings.Resolver is not { } address)
            return;
        resolver = new HttpsResolver(new Uri(address), settings.ResolverAddresses, timeProvider);
        var shown = resolver.ToString();
        resolver.Changed = problem =>
        {
            if (problem is null)
                HostLog.ResolverAnswers(logger, shown);
            else
                HostLog.ResolverFails(logger, shown, problem);
        };
    }

    /// <summary>The resolver and why it does not answer, in words; null: it answers, or there is none.</summary>
    public string? Problem => resolver?.Problem is { } problem ? $"{resolver} {problem}" : null;

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        resolver is not null && IsRouted(host)
            ? resolver.ResolveAsync(host, cancellationToken)
            : AbsoluteName.ResolveAsync(host, cancellationToken);

    public ValueTask DisposeAsync()
    {
        resolver?.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsRouted(string host)
    {
        var table = routes();
        return table.IsInZone(host.ToLowerInvariant())
            || table.Routes.Any(route =>
                route.Endpoint is UpstreamEndpoint.Tcp tcp && string.Equals(tcp.Host, host, StringComparison.OrdinalIgnoreCase));
    }
}
