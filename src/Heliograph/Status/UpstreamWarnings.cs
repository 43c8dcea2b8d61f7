using Heliograph.Relay.Diagnostics;

namespace Heliograph.Status;

/// <summary>Warnings about Signal hosts that cannot be reached.</summary>
internal static class UpstreamWarnings
{
    /// <summary>A single dial may fail now and then; but what a resolver answers is no accident.</summary>
    private const int Several = 3;

    public static bool IsFailing(UpstreamStatistics upstream) =>
        upstream.FailuresInARow >= Several || (upstream.FailuresInARow > 0 && Reason(upstream) == DialFailure.NotPublic);

    public static IEnumerable<StatusWarning> FromStatistics(RelayStatistics relay)
    {
        var dialled = relay.Upstreams.Where(static one => one.DialTimes.Count > 0 || one.FailuresInARow > 0).ToList();
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

    private static string Describe(UpstreamStatistics upstream) => $"{upstream.Endpoint} {Words(Reason(upstream))}";

    private static DialFailure Reason(UpstreamStatistics upstream) => upstream.Failures.MaxBy(static one => one.Value).Key;

    private static string Words(DialFailure reason) => reason switch
    {
        DialFailure.NotResolved => "does not resolve",
        DialFailure.NotPublic => "resolves to private addresses only",
        DialFailure.Refused => "refuses connections",
        DialFailure.TimedOut => "does not answer in time",
        _ => "cannot be reached",
    };

    private static string Advice(DialFailure reason) => reason switch
    {
        DialFailure.NotResolved => "Other hosts can be reached. Signal has given up some old names; for those, there is nothing to do.",
        DialFailure.NotPublic => "A filtering resolver gives such answers: use another one on this machine.",
        _ =>
            "Other hosts can be reached. If this persists, run heliograph check, " +
            "and look for a firewall between this machine and the host.",
    };
}
