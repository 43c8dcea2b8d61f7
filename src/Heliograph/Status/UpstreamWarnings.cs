using Heliograph.Relay.Diagnostics;

namespace Heliograph.Status;

/// <summary>Warnings about Signal hosts that cannot be reached.</summary>
internal static class UpstreamWarnings
{
    /// <summary>A single dial may fail now and then; but what a resolver or a proxy answers is no accident.</summary>
    private const int Several = 3;

    public static bool IsFailing(UpstreamStatistics upstream) =>
        upstream.FailuresInARow >= Several
        || (upstream.FailuresInARow > 0
            && Reason(upstream) is DialFailure.NotPublic or DialFailure.ProxyCredentials or DialFailure.NotAProxy);

    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay)
    {
        if (relay.Upstreams.FirstOrDefault(static one => one.IsProxy && IsFailing(one)) is { } proxy)
        {
            return
            [
                new(
                    "proxy_down",
                    StatusWarning.Critical,
                    $"The proxy {Describe(proxy)} (upstream.proxy), so that nothing is relayed. {ProxyAdvice(proxy)}"),
            ];
        }
        var dialled = relay.Upstreams
            .Where(static one => !one.IsProxy && (one.DialTimes.Count > 0 || one.FailuresInARow > 0))
            .ToList();
        var failing = dialled.Where(IsFailing).ToList();
        if (failing.Count == 0)
            return [];
        if (failing.Count == dialled.Count)
        {
            return
            [
                new(
                    "upstreams_down",
                    StatusWarning.Critical,
                    $"None of the Signal hosts that clients requested can be reached from this machine " +
                    $"({string.Join(", ", failing.Select(Describe))}). Check its network, resolver and firewall: heliograph check."),
            ];
        }
        return failing.Select(static one => new StatusWarning(
            "upstream_down", StatusWarning.Warning, $"{Describe(one)}. {Advice(Reason(one))}"));
    }

    /// <param name="problem">Which resolver does not answer, and why.</param>
    public static StatusWarning FromResolver(string problem) => new(
        "resolver_down",
        StatusWarning.Warning,
        $"The resolver {problem} (upstream.resolver). The last known addresses of Signal's hosts remain in use, until a restart: " +
        "heliograph check tries the resolver.");

    private static string Describe(UpstreamStatistics upstream) => $"{upstream.Endpoint} {upstream.Problem ?? Words(Reason(upstream))}";

    private static DialFailure Reason(UpstreamStatistics upstream) => upstream.Failures.MaxBy(static one => one.Value).Key;

    private static string Words(DialFailure reason) => reason switch
    {
        DialFailure.NotResolved => "does not resolve",
        DialFailure.NotPublic => "resolves to private addresses only",
        DialFailure.Refused => "refuses connections",
        DialFailure.TimedOut => "does not answer in time",
        _ => "cannot be reached",
    };

    private static string ProxyAdvice(UpstreamStatistics proxy) => proxy.LastFailure switch
    {
        DialFailure.ProxyCredentials => "Correct upstream.proxy_user and upstream.proxy_password.",
        DialFailure.NotAProxy => "Check the protocol and the port in upstream.proxy: heliograph check tries the proxy.",
        _ => "Check that it runs and lets this machine in: heliograph check tries it.",
    };

    private static string Advice(DialFailure reason) => reason switch
    {
        DialFailure.ProxyForbids => "Ask the operator of the proxy to allow it, on port 443.",
        DialFailure.NotResolved => "Other hosts can be reached. Signal has given up some old names; for those, there is nothing to do.",
        DialFailure.NotPublic => "A filtering resolver gives such answers: use another one on this machine.",
        _ =>
            "Other hosts can be reached. If this persists, run heliograph check, " +
            "and look for a firewall between this machine and the host.",
    };
}
