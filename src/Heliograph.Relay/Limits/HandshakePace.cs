namespace Heliograph.Relay.Limits;

/// <summary>
/// TLS handshakes a second, of all clients together, as nginx's limit_req paces requests: a bucket that a quiet second fills, and behind it a line that
/// moves at the rate. Who would stand in line for longer than <see cref="LongestWait"/> is refused. From any thread.
/// </summary>
internal sealed class HandshakePace
{
    /// <summary>
    /// Long enough that a crowd which comes back together, after a restart or an outage of its network, is served: a refusal fails a client's attempt
    /// within 50 ms, libsignal does not try again by itself, and the app backs off. Far short of the 60 s that libsignal gives the whole attempt.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly TimeProvider timeProvider;
    private readonly long burst;
    private readonly long longest;
    private volatile int perSecond;
    private long nextFree;

    /// <param name="timeProvider">The clock.</param>
    public HandshakePace(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        burst = timeProvider.TimestampFrequency;
        longest = (long)(LongestWait.TotalSeconds * timeProvider.TimestampFrequency);
        nextFree = long.MinValue;
    }

    /// <summary>0: no limit.</summary>
    public int PerSecond
    {
        get => perSecond;
        set => perSecond = value;
    }

    /// <summary>Asks for a handshake.</summary>
    /// <param name="wait">How long it has to wait for its turn, which it has taken by asking.</param>
    /// <returns>False: refused.</returns>
    public bool TryReserveSlot(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var rate = perSecond;
        if (rate == 0)
            return true;
        var interval = Math.Max(1, timeProvider.TimestampFrequency / rate);
        while (true)
        {
            // The generic cell rate algorithm, which is a token bucket without a bucket: the moment at which all that was granted will have been due.
            var now = timeProvider.GetTimestamp();
            var seen = Volatile.Read(ref nextFree);
            var due = Math.Max(seen, now);
            var excess = due - now - (burst - interval);
            if (excess > longest)
                return false;
            if (Interlocked.CompareExchange(ref nextFree, due + interval, seen) != seen)
                continue;
            if (excess > 0)
                wait = TimeSpan.FromSeconds((double)excess / timeProvider.TimestampFrequency);
            return true;
        }
    }
}
