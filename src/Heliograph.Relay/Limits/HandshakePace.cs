namespace Heliograph.Relay.Limits;

/// <summary>
/// Limits the TLS handshakes a second of all clients together, as nginx's limit_req paces requests: a bucket that a quiet second fills, and
/// behind it a queue that moves at the rate. A client that would wait longer than <see cref="LongestWait"/> is refused. From any thread.
/// </summary>
internal sealed class HandshakePace
{
    /// <summary>
    /// Long enough to serve a crowd that comes back at once, after a restart or a network outage: a refusal fails a client's attempt within
    /// 50 ms, libsignal does not retry by itself, and the app backs off. Far less than the 60 s that libsignal allows for the whole
    /// attempt.
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

    /// <summary>Reserves a slot for a handshake.</summary>
    /// <param name="wait">How long it is until the slot comes.</param>
    /// <returns>False: refused, and nothing is reserved.</returns>
    public bool TryReserveSlot(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var rate = perSecond;
        if (rate == 0)
            return true;
        var interval = Math.Max(1, timeProvider.TimestampFrequency / rate);
        while (true)
        {
            // The generic cell rate algorithm, a token bucket that keeps one number: the moment at which everything granted so far is due.
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
