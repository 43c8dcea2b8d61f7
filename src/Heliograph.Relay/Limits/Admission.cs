using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Limits;

/// <summary>Every limit of a relay except its timeouts: who may come in, when, and how fast. From any thread.</summary>
internal sealed class Admission : IDisposable
{
    private readonly ILogger logger;
    private readonly Lock shaping = new();
    private IReadOnlyList<EventLoop> loops = [];
    private volatile int maxConnections;
    private long bytesPerSecond;
    private long slowedTo;
    private int full;
    private volatile bool isBudgetSpent;

    public Admission(RelayOptions options, TimeProvider timeProvider, ILogger logger)
    {
        this.logger = logger;
        Handshakes = new HandshakePace(timeProvider);
        Shaper = new Shaper(timeProvider);
        Use(options);
    }

    /// <summary>Connections of each source.</summary>
    public SourceTable Sources { get; } = new();

    public HandshakePace Handshakes { get; }

    public Shaper Shaper { get; }

    /// <summary>Whether routed names get the decoy.</summary>
    public bool IsBudgetSpent => isBudgetSpent;

    /// <summary>Sets the loops, whose reads must be no larger than a share.</summary>
    public void Attach(IReadOnlyList<EventLoop> all)
    {
        loops = all;
        Shape();
    }

    /// <summary>From now on these limits apply; the timeouts among them are not used here.</summary>
    public void Use(RelayOptions options)
    {
        maxConnections = options.MaxConnections;
        var limits = options.Limits;
        Sources.Limit = limits.ConnectionsPerSource;
        Handshakes.PerSecond = limits.HandshakesPerSecond;
        Volatile.Write(ref bytesPerSecond, limits.BytesPerSecond);
        Shape();
    }

    /// <summary>What the month's budget allows.</summary>
    public void UseBudget(long slowTo, bool spent)
    {
        Volatile.Write(ref slowedTo, slowTo);
        Shape();
        isBudgetSpent = spent;
    }

    /// <summary>
    /// Whether a connection that was just accepted must be closed at once. nginx, too, refuses by closing without a byte, whether by
    /// limit_conn in its stream module or because all worker_connections are taken.
    /// </summary>
    /// <param name="connections">How many there are without it.</param>
    public bool IsFull(int connections)
    {
        if (connections >= maxConnections)
        {
            if (Interlocked.Exchange(ref full, 1) == 0)
                logger.Full(maxConnections);
            return true;
        }
        if (full != 0 && connections < maxConnections * 9L / 10)
            Interlocked.Exchange(ref full, 0);
        return false;
    }

    public LimitStatistics Read() => new()
    {
        ConnectionsPerSource = Sources.Limit,
        HandshakesPerSecond = Handshakes.PerSecond,
        BytesPerSecond = Shaper.BytesPerSecond,
        WaitingForBytes = Shaper.Waiting,
        IsBudgetSpent = isBudgetSpent,
    };

    public void Dispose() => Shaper.Dispose();

    private void Shape()
    {
        lock (shaping)
        {
            long[] rates = [Volatile.Read(ref bytesPerSecond), Volatile.Read(ref slowedTo)];
            var rate = rates.Where(static one => one > 0).DefaultIfEmpty().Min();
            Shaper.Use(rate);
            foreach (var loop in loops)
                loop.LongestReceive = rate == 0 ? int.MaxValue : Shaper.GetShare(rate);
        }
    }
}
