using Heliograph.Relay.Diagnostics;

namespace Heliograph.Alerts;

/// <summary>Which upstream hosts are down. Looks at sums, now and then; what clients did in between is not seen.</summary>
internal sealed class UpstreamWatch
{
    /// <summary>Fewer may be the resolver's or the network's hiccup.</summary>
    public const int FewestFailures = 3;

    /// <summary>From the first failure that was seen to the last.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Host> hosts = new(StringComparer.Ordinal);

    /// <summary>Each upstream, and whether it is down. Null: it cannot be told, because nobody has dialled it, or because it never worked:
    /// some hosts of
    /// the list are ones that Signal has given up, and anybody can ask for them.</summary>
    public IReadOnlyDictionary<string, bool?> Look(RelayStatistics statistics, DateTimeOffset now)
    {
        foreach (var upstream in statistics.Upstreams)
        {
            var known = hosts.GetValueOrDefault(upstream.Endpoint) ?? new Host(0, now, null);
            hosts[upstream.Endpoint] = Next(known, upstream, now);
        }
        // One that was taken off the list is nobody's concern any more.
        foreach (
            var gone in hosts
                .Keys.Except(statistics.Upstreams.Select(static upstream => upstream.Endpoint), StringComparer.Ordinal)
                .ToList())
            hosts.Remove(gone);
        return hosts.ToDictionary(static host => host.Key, static host => host.Value.IsDown, StringComparer.Ordinal);
    }

    private static Host Next(Host known, UpstreamStatistics upstream, DateTimeOffset now)
    {
        if (upstream.DialTimes.Count == 0)
            return known;
        if (upstream.FailuresInARow == 0)
            return new(0, now, IsDown: false);
        // Fewer than before: it worked in between.
        if (known.Failures == 0 || upstream.FailuresInARow < known.Failures)
            return new(upstream.FailuresInARow, now, IsDown: false);
        var failsOn =
            upstream.FailuresInARow > known.Failures && upstream.FailuresInARow >= FewestFailures && now - known.Since >= Patience;
        return known with { Failures = upstream.FailuresInARow, IsDown = known.IsDown == true || failsOn };
    }

    /// <param name="Failures">In a row, at the last look.</param>
    /// <param name="Since">When the first of them was seen.</param>
    /// <param name="IsDown">Null: not known.</param>
    private sealed record Host(int Failures, DateTimeOffset Since, bool? IsDown);
}
