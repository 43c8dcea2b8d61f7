using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Access;

/// <summary>
/// The people who share names: what the relay counts of their connections. It knows neither the group's name nor the names that lead here.
/// From any thread.
/// </summary>
/// <param name="limit">Connections relayed at a time; 0: no limit.</param>
public sealed class AccessGroup(int limit)
{
    private int open;
    private long relayed;
    private long strange;
    private long bytesUp;
    private long bytesDown;

    public int Limit { get; } = limit;

    /// <summary>Connections that are relayed now.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>Connections that were relayed since the start, the open ones included.</summary>
    public long Relayed => Volatile.Read(ref relayed);

    /// <summary>Connections under a name of the group that brought no inner hello of a Signal client: somebody may be probing it.</summary>
    public long Strange => Volatile.Read(ref strange);

    public long BytesUp => Volatile.Read(ref bytesUp);

    public long BytesDown => Volatile.Read(ref bytesDown);

    /// <summary>Counts a connection that is about to be relayed, until <see cref="Leave"/>.</summary>
    /// <returns>False: the group has as many as it may have.</returns>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref open) > Limit && Limit > 0)
        {
            Interlocked.Decrement(ref open);
            return false;
        }
        return true;
    }

    internal void Leave() => Interlocked.Decrement(ref open);

    public void CountRelayed() => Interlocked.Increment(ref relayed);

    internal void CountUp(int bytes) => Interlocked.Add(ref bytesUp, bytes);

    internal void CountDown(int bytes) => Interlocked.Add(ref bytesDown, bytes);

    /// <summary>Counts how a connection under one of the group's names ended.</summary>
    public void Count(ConnectionOutcome outcome)
    {
        if (outcome is ConnectionOutcome.HandshakeFailed or ConnectionOutcome.DecoyHttp2 or ConnectionOutcome.DecoyNoHello
            or ConnectionOutcome.DecoyDeniedName or ConnectionOutcome.DecoyDown or ConnectionOutcome.Left or ConnectionOutcome.TimedOut)
            Interlocked.Increment(ref strange);
    }
}
