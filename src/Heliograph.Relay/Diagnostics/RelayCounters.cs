namespace Heliograph.Relay.Diagnostics;

/// <summary>The sums of one loop: written on its thread, read from any. Aggregates only.</summary>
internal sealed class RelayCounters
{
    /// <summary>An attacker may ask for any number of names; those beyond this are counted together.</summary>
    private const int MostDeniedNames = 64;

    private static readonly int OutcomeCount = Enum.GetValues<ConnectionOutcome>().Length;

    private readonly long[] outcomes = new long[OutcomeCount];
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> deniedSignalNames = new(StringComparer.Ordinal);
    private long bytesUp;
    private long bytesDown;
    private long bytesVisited;

    public long BytesUp => Volatile.Read(ref bytesUp);

    public long BytesDown => Volatile.Read(ref bytesDown);

    public long BytesVisited => Volatile.Read(ref bytesVisited);

    public void Count(ConnectionOutcome outcome) => Interlocked.Increment(ref outcomes[(int)outcome]);

    public long GetCount(ConnectionOutcome outcome) => Volatile.Read(ref outcomes[(int)outcome]);

    /// <summary>
    /// Bytes of a relayed connection, counted at each read of up to 128 KB, so that a long connection shows while it is open.
    /// </summary>
    public void CountUp(int bytes) => Volatile.Write(ref bytesUp, bytesUp + bytes);

    public void CountDown(int bytes) => Volatile.Write(ref bytesDown, bytesDown + bytes);

    /// <summary>Bytes of connections that are not relayed to a route, both ways.</summary>
    public void CountVisited(int bytes) => Volatile.Write(ref bytesVisited, bytesVisited + bytes);

    /// <summary>
    /// Counts a name under <c>signal.org</c> that is not routed: the list may be out of date. No other name is ever kept.
    /// </summary>
    public void CountDenied(string name)
    {
        if (!name.EndsWith(".signal.org", StringComparison.Ordinal) && name != "signal.org")
            return;
        lock (gate)
        {
            var key = deniedSignalNames.ContainsKey(name) || deniedSignalNames.Count < MostDeniedNames ? name : RelayStatistics.OtherNames;
            deniedSignalNames[key] = deniedSignalNames.GetValueOrDefault(key) + 1;
        }
    }

    public void AddDeniedTo(Dictionary<string, long> sums)
    {
        lock (gate)
        {
            foreach (var (name, count) in deniedSignalNames)
                sums[name] = sums.GetValueOrDefault(name) + count;
        }
    }
}
