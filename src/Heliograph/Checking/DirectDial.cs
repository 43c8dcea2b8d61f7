using System.Net;
using Heliograph.Configuration;
using Heliograph.Relay.Upstream;

namespace Heliograph.Checking;

/// <summary>
/// Dials one of Signal's hosts from here, without the proxy that is checked. Only on that proxy's own machine, which does so all day
/// anyway, and as it does: through upstream.proxy where there is one.
/// </summary>
internal static class DirectDial
{
    public static async Task<CheckStep> RunAsync(string name, ProxyAddress target, CheckOptions options, CheckClock clock)
    {
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
            var trouble = await DialThroughAsync(proxy, target, name, options, clock);
            step = step with { TookMs = clock.Since(started) };
            return trouble is null ? step with { Seen = $"{name} answers through {proxy}" } : Failed(step, trouble.Outcome, trouble.Seen);
        }
        var addresses = options.Upstream.Resolver is null
            ? await AddressLookup.ResolveAsync(target, options, clock)
            : await UpstreamResolverCheck.ResolveAsync(options.Upstream, target.Host, clock.Time, clock.Cancellation);
        if (addresses.Count == 0)
            return Failed(
                step,
                "no_address",
                target.Host == name ? $"{name} does not resolve here" : $"{name}: {target.Host} does not resolve here") with
            {
                TookMs = clock.Since(started),
            };
        var troubles = await Task.WhenAll(
            addresses.Select(address => DialAsync(new IPEndPoint(address, target.Port), name, options, clock)));
        step = step with { TookMs = clock.Since(started) };
        return troubles.Contains(null)
            ? step
            : Failed(step, troubles[0]!.Outcome, $"{name} does not answer this machine: {troubles[0]!.Seen}");
    }

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
        UpstreamProxy proxy, ProxyAddress target, string name, CheckOptions options, CheckClock clock)
    {
        try
        {
            var (tunnel, trouble) = await UpstreamProxyCheck.ConnectAsync(
                proxy, new(target.Host, target.Port), options.StepTimeout, clock.Time, clock.Cancellation);
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
            Remedy = outcome == "upstream_proxy"
                ? "check upstream.proxy, its user and its password, and that the proxy lets this machine in"
                : $"find out why this machine cannot reach {step.Subject} (\"curl -v https://{step.Subject}\"): it may be DNS, a " +
                "firewall, or a provider or country that blocks Signal",
        };
}
