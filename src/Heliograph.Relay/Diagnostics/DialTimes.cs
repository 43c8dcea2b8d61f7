namespace Heliograph.Relay.Diagnostics;

/// <summary>How long successful dials took, the resolver's time included: a histogram with fixed bounds.</summary>
public sealed record DialTimes
{
    /// <summary>Upper bounds of the buckets: from a host nearby to the connect timeout.</summary>
    public static IReadOnlyList<TimeSpan> Bounds { get; } =
    [
        .. new[] { 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000 }.Select(static ms => TimeSpan.FromMilliseconds(ms)),
    ];

    /// <summary>Dials that took at most the bound of the same index and more than the one before; the last bucket has no bound.</summary>
    public required IReadOnlyList<long> Buckets { get; init; }

    /// <summary>The sum of all of them.</summary>
    public required TimeSpan Sum { get; init; }

    public long Count => Buckets.Sum();

    /// <summary>
    /// The bound that this part of the dials stayed within (0.5: half of them); null: there are none, or it is above the last bound.
    /// </summary>
    public TimeSpan? Within(double part)
    {
        var enough = Count * part;
        long sum = 0;
        for (var i = 0; i < Bounds.Count; i++)
        {
            sum += Buckets[i];
            if (sum > 0 && sum >= enough)
                return Bounds[i];
        }
        return null;
    }

    /// <summary>The bucket that a time belongs to.</summary>
    internal static int GetBucket(long milliseconds)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && milliseconds > Bounds[bucket].TotalMilliseconds)
            bucket++;
        return bucket;
    }
}
