namespace Heliograph.Relay.Diagnostics;

/// <summary>The relayed connections of one route, on all loops.</summary>
internal sealed class RouteCounters
{
    private long begun;
    private int open;

    public long Begun => Volatile.Read(ref begun);

    public int Open => Volatile.Read(ref open);

    public void Begin()
    {
        Interlocked.Increment(ref begun);
        Interlocked.Increment(ref open);
    }

    public void End() => Interlocked.Decrement(ref open);
}
