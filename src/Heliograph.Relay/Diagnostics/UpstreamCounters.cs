namespace Heliograph.Relay.Diagnostics;

/// <summary>The dials of one upstream, by all loops. They cost a few additions per connection, a thousandth of its handshake.</summary>
internal sealed class UpstreamCounters
{
    private static readonly DialFailure[] Reasons = Enum.GetValues<DialFailure>();

    private readonly long[] buckets = new long[DialTimes.Bounds.Count + 1];
    private readonly long[] failures = new long[Reasons.Length];
    private long milliseconds;
    private int failuresInARow;

    public void Connected(long tookMilliseconds)
    {
        Interlocked.Increment(ref buckets[DialTimes.GetBucket(tookMilliseconds)]);
        Interlocked.Add(ref milliseconds, tookMilliseconds);
        if (Volatile.Read(ref failuresInARow) != 0)
            Volatile.Write(ref failuresInARow, 0);
    }

    public void Failed(DialFailure reason)
    {
        Interlocked.Increment(ref failures[(int)reason]);
        Interlocked.Increment(ref failuresInARow);
    }

    public UpstreamStatistics Read(string endpoint) => new()
    {
        Endpoint = endpoint,
        DialTimes = new()
        {
            Buckets = [.. Enumerable.Range(0, buckets.Length).Select(i => Volatile.Read(ref buckets[i]))],
            Sum = TimeSpan.FromMilliseconds(Volatile.Read(ref milliseconds)),
        },
        Failures = Reasons.ToDictionary(static reason => reason, reason => Volatile.Read(ref failures[(int)reason])),
        FailuresInARow = Volatile.Read(ref failuresInARow),
    };
}
