using Heliograph.Relay.Diagnostics;

namespace Heliograph.Alerts;

/// <summary>Which upstream hosts are down. It reads totals from time to time, and does not see what clients do in between.</summary>
internal sealed class UpstreamWatch
{
    /// <summary>Fewer may be a hiccup of the resolver or the network.</summary>
    public const int FewestFailures = 3;

    /// <summary>From the first failure that was seen to the last.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Host> hosts = new(StringComparer.Ordinal);

    /// <summary>
    /// Each upstream, and whether it is down. Null: unknown, because nobody has dialled it, or because it never worked: Signal has given up
    /// some hosts on the list, and anybody can request them.
    /// </summary>
    public IReadOnlyDictionary<string, bool?> Update(RelayStatistics statistics, DateTimeOffset now)
    {
        foreach (var upstream in statistics.Upstreams)
        {
            var known = hosts.GetValueOrDefault(upstream.Endpoint) ?? new Host(0, now, null);
            hosts[upstream.Endpoint] = Next(known, upstream, now);
        }
        // A host that was removed from the list no longer matters.
        foreach (
            var removed in hosts
                .Keys.Except(statistics.Upstreams.Select(static upstream => upstream.Endpoint), StringComparer.Ordinal)
                .ToList())
            hosts.Remove(removed);
        return hosts.ToDictionary(static host => host.Key, static host => host.Value.IsDown, StringComparer.Ordinal);
    }

    private static Host Next(Host known, UpstreamStatistics upstream, DateTimeOffset now)
    {
        // A proxy that the operator named has to work, from the first day on.
        if (upstream.DialTimes.Count == 0 && !upstream.IsProxy)
            return known;
        if (upstream.FailuresInARow == 0)
            return new(0, now, IsDown: false);
        // Fewer than before: it worked in between.
        if (known.Failures == 0 || upstream.FailuresInARow < known.Failures)
            return new(upstream.FailuresInARow, now, IsDown: false);
        var keepsFailing =
            upstream.FailuresInARow > known.Failures && upstream.FailuresInARow >= FewestFailures && now - known.Since >= Patience;
        return known with { Failures = upstream.FailuresInARow, IsDown = known.IsDown == true || keepsFailing };
    }

    /// <param name="Failures">Failures in a row at the last update.</param>
    /// <param name="Since">When the first of them was seen.</param>
    /// <param name="IsDown">Null: not known.</param>
    private sealed record Host(int Failures, DateTimeOffset Since, bool? IsDown);
}
