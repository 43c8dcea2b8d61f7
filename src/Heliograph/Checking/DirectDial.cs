using System.Net;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Checking;

/// <summary>
/// Dials one of Signal's hosts from here, without the proxy that is checked. Only on that proxy's own machine, which does so all day
/// anyway, and as it does: through upstream.proxy where there is one, and for a built-in route at public addresses only. What the relay
/// does not dial says nothing about it, however well it answers, and may be a machine of this network.
/// </summary>
internal static class DirectDial
{
    private const string NotPublic = "not_public";

    /// <param name="route">A route to a host and a port.</param>
    /// <param name="options">How it is dialled.</param>
    /// <param name="clock">Bounds it.</param>
    public static async Task<CheckStep> RunAsync(Route route, CheckOptions options, CheckClock clock)
    {
        var (name, host) = (route.Name, (UpstreamEndpoint.Tcp)route.Endpoint);
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep
        {
            Step = Steps.Direct,
            Subject = name,
            Outcome = "answers",
            Severity = Severity.Ok,
            Seen = $"{name} answers this machine",
        };
        if (options.Upstream.Proxy is { } proxy)
        {
            var trouble = await DialThroughAsync(proxy, host, name, options, clock);
            step = step with { TookMs = clock.Since(started) };
            return trouble is null ? step with { Seen = $"{name} answers through {proxy}" } : Failed(step, trouble.Outcome, trouble.Seen);
        }
        var found = options.Upstream.Resolver is null
            ? await AddressLookup.ResolveAsync(new(host.Host, host.Port), options, clock)
            : await UpstreamResolverCheck.ResolveAsync(options.Upstream, host.Host, clock.Time, clock.Cancellation);
        var dialled = IsGuarded(route, host, options) ? [.. found.Where(AddressGuard.IsPublic)] : found;
        if (dialled.Count == 0)
        {
            step = step with { TookMs = clock.Since(started) };
            return found.Count > 0
                ? Failed(step, NotPublic, $"{name} resolves to private addresses only ({string.Join(", ", found)})")
                : Failed(
                    step, "no_address", host.Host == name ? $"{name} does not resolve here" : $"{name}: {host.Host} does not resolve here");
        }
        var troubles = await Task.WhenAll(
            dialled.Select(address => DialAsync(new IPEndPoint(address, host.Port), name, options, clock)));
        step = step with { TookMs = clock.Since(started) };
        return troubles.Contains(null)
            ? step
            : Failed(step, troubles[0]!.Outcome, $"{name} does not answer this machine: {troubles[0]!.Seen}");
    }

    /// <summary>An address that the command line gives is dialled whatever it is.</summary>
    private static bool IsGuarded(Route route, UpstreamEndpoint.Tcp host, CheckOptions options) =>
        route.PublicOnly && !options.Resolve.ContainsKey(host.Host);

    private static async Task<Trouble?> DialAsync(IPEndPoint endpoint, string name, CheckOptions options, CheckClock clock)
    {
        try
        {
            await using var session = await TlsSession.StartAsync(
                await Dial.TcpAsync(endpoint, clock), name, InnerProbe.CreateVerifier(name, options, clock), alpn: null, clock);
            return session.Trouble;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.FromConnect(exception, clock);
        }
    }

    private static async Task<Trouble?> DialThroughAsync(
        UpstreamProxy proxy, UpstreamEndpoint.Tcp host, string name, CheckOptions options, CheckClock clock)
    {
        try
        {
            var (tunnel, trouble) = await UpstreamProxyCheck.ConnectAsync(
                proxy, host, options.StepTimeout, clock.Time, clock.Cancellation);
            if (tunnel is null)
                return new(trouble!.IsHosts ? "not_through_proxy" : "upstream_proxy", trouble.Seen);
            await using var session = await TlsSession.StartAsync(
                tunnel, name, InnerProbe.CreateVerifier(name, options, clock), alpn: null, clock);
            return session.Trouble is { } inside ? inside with { Seen = $"{name} does not answer through {proxy}: {inside.Seen}" } : null;
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            return Trouble.FromConnect(exception, clock);
        }
    }

    private static CheckStep Failed(CheckStep step, string outcome, string seen) =>
        step with
        {
            Outcome = outcome,
            Severity = Severity.Warning,
            Seen = seen,
            Remedy = outcome switch
            {
                "upstream_proxy" => "check upstream.proxy, its user and its password, and that the proxy lets this machine in",
                NotPublic => "a filtering resolver gives such answers: use another one on this machine",
                _ => $"find out why this machine cannot reach {step.Subject} (\"curl -v https://{step.Subject}\"): it may be DNS, a " +
                    "firewall, or a provider or country that blocks Signal",
            },
        };
}
