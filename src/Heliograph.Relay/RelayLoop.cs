using System.Runtime.InteropServices;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay;

/// <summary>What the connections of one loop share. Used on the loop's thread only, but for <see cref="Load"/>.</summary>
internal sealed unsafe class RelayLoop : IDisposable
{
    /// <summary>How long the rest may keep still once one side has ended.</summary>
    public static readonly TimeSpan HalfClosedTimeout = TimeSpan.FromSeconds(60);

    /// <summary>As much as is read from a socket at once, and what the last record of it has behind its content.</summary>
    private const int ScratchSize = EventLoop.ReceiveSize + RecordLayer.LargestFragment - RecordLayer.LargestContent;

    private readonly byte* scratch;
    private int load;

    public RelayLoop(EventLoop events, NameCache names, Shaper shaper, ServerCounters counters, RelayLimits limits, RecordLayer records)
    {
        Shaper = shaper;
        Records = records;
        Events = events;
        scratch = (byte*)NativeMemory.Alloc(ScratchSize);
        Handshakes = new HandshakeServer(Records);
        Dialer = new Dialer(events, names, counters, limits.ConnectTimeout);
        HandshakeTurns = events.CreateDeadlines(TimeSpan.Zero);
        HandshakeTimeouts = events.CreateDeadlines(limits.HandshakeTimeout);
        ProxyHeaderTimeouts = events.CreateDeadlines(limits.ProxyHeaderTimeout);
        HelloTimeouts = events.CreateDeadlines(limits.HelloTimeout);
        IdleTimeouts = events.CreateDeadlines(limits.IdleTimeout);
        HalfClosedTimeouts = events.CreateDeadlines(HalfClosedTimeout);
    }

    public EventLoop Events { get; }

    public TlsBio Bio { get; } = new();

    /// <summary>Owned from the start.</summary>
    public RecordLayer Records { get; }

    public HandshakeServer Handshakes { get; }

    /// <summary>Room for plaintext. Nothing in it survives an await.</summary>
    public Span<byte> Scratch => new(scratch, ScratchSize);

    public Dialer Dialer { get; }

    /// <summary>That of all loops.</summary>
    public Shaper Shaper { get; }

    /// <summary>The line before <see cref="HandshakePace"/>.</summary>
    public DeadlineQueue HandshakeTurns { get; }

    public DeadlineQueue HandshakeTimeouts { get; }

    public DeadlineQueue ProxyHeaderTimeouts { get; }

    public DeadlineQueue HelloTimeouts { get; }

    public DeadlineQueue IdleTimeouts { get; }

    public DeadlineQueue HalfClosedTimeouts { get; }

    public RelayCounters Counters { get; } = new();

    /// <summary>The connections that live here.</summary>
    public HashSet<RelayConnection> Connections { get; } = [];

    /// <summary>How many connections were given to this loop and have not ended; readable from any thread.</summary>
    public int Load => Volatile.Read(ref load);

    public void AddLoad(int change) => Interlocked.Add(ref load, change);

    /// <summary>From now on waits last as these limits say, those of open connections too; on the loop.</summary>
    public void Change(RelayLimits limits)
    {
        Dialer.Change(limits.ConnectTimeout);
        HandshakeTimeouts.Change(limits.HandshakeTimeout);
        ProxyHeaderTimeouts.Change(limits.ProxyHeaderTimeout);
        HelloTimeouts.Change(limits.HelloTimeout);
        IdleTimeouts.Change(limits.IdleTimeout);
    }

    public void Dispose()
    {
        Events.Dispose();
        Bio.Dispose();
        Handshakes.Dispose();
        Records.Dispose();
        NativeMemory.Free(scratch);
    }
}
