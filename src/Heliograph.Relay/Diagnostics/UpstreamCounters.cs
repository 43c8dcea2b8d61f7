namespace Heliograph.Relay.Diagnostics;

/// <summary>The dials of one upstream, by all loops. They cost a few additions per connection, a thousandth of its handshake.</summary>
internal sealed class UpstreamCounters
{
    private static readonly DialFailure[] Reasons = Enum.GetValues<DialFailure>();

    private readonly long[] buckets = new long[DialTimes.Bounds.Count + 1];
    private readonly long[] failures = new long[Reasons.Length];
    private long milliseconds;
    private int failuresInARow;
    private volatile string? problem;
    private int lastFailure = -1;

    public void Connected(long tookMilliseconds)
    {
        Interlocked.Increment(ref buckets[DialTimes.GetBucket(tookMilliseconds)]);
        Interlocked.Add(ref milliseconds, tookMilliseconds);
        if (Volatile.Read(ref failuresInARow) != 0)
            Volatile.Write(ref failuresInARow, 0);
    }

    /// <param name="reason">What it counts as.</param>
    /// <param name="words">The same of the last failure, in words, where an upstream proxy was asked; null: the reason says it.</param>
    public void Failed(DialFailure reason, string? words = null)
    {
        problem = words;
        Volatile.Write(ref lastFailure, (int)reason);
        Interlocked.Increment(ref failures[(int)reason]);
        Interlocked.Increment(ref failuresInARow);
    }

    public UpstreamStatistics Read(string endpoint, bool isProxy = false) => new()
    {
        Endpoint = endpoint,
        IsProxy = isProxy,
        Problem = problem,
        LastFailure = Volatile.Read(ref lastFailure) is >= 0 and var last ? (DialFailure)last : null,
        DialTimes = new()
        {
            Buckets = [.. Enumerable.Range(0, buckets.Length).Select(i => Volatile.Read(ref buckets[i]))],
            Sum = TimeSpan.FromMilliseconds(Volatile.Read(ref milliseconds)),
        },
        Failures = Reasons.ToDictionary(static reason => reason, reason => Volatile.Read(ref failures[(int)reason])),
        FailuresInARow = Volatile.Read(ref failuresInARow),
    };
}
