using System.Runtime.InteropServices;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay;

/// <summary>
/// What the connections of one loop share. Used on the loop's thread only, except for <see cref="Load"/> and <see cref="Reserve"/>.
/// </summary>
internal sealed unsafe class RelayLoop : IDisposable
{
    /// <summary>How long the rest of a connection may be silent once one side has ended.</summary>
    public static readonly TimeSpan HalfClosedTimeout = TimeSpan.FromSeconds(60);

    /// <summary>As much as is read from a socket at once, and what the last record of it has after its content.</summary>
    private const int ScratchSize = EventLoop.ReceiveSize + RecordLayer.LargestFragment - RecordLayer.LargestContent;

    private readonly byte* scratch;
    private readonly OpenConnections open;
    private readonly HashSet<ILoopConnection> connections = [];
    private readonly DeadlineQueue helloTimeouts;
    private RelayLimits limits;
    private int load;

    public RelayLoop(
        EventLoop events,
        NameCache names,
        RelayContext relay,
        RecordLayer records,
        OpenConnections open)
    {
        limits = relay.Options.Limits;
        Shaper = relay.Admission.Shaper;
        Records = records;
        Events = events;
        this.open = open;
        scratch = (byte*)NativeMemory.Alloc(ScratchSize);
        Handshakes = new HandshakeServer(Records);
        Dialer = new Dialer(events, names, relay.Counters, relay.Alarm, relay.Options);
        HandshakeSlots = events.CreateDeadlines(TimeSpan.Zero);
        HandshakeTimeouts = events.CreateDeadlines(limits.HandshakeTimeout);
        ProxyHeaderTimeouts = events.CreateDeadlines(limits.ProxyHeaderTimeout);
        helloTimeouts = events.CreateDeadlines(limits.HelloTimeout);
        IdleTimeouts = events.CreateDeadlines(limits.IdleTimeout);
        HalfClosedTimeouts = events.CreateDeadlines(HalfClosedTimeout);
    }

    /// <summary>Owned.</summary>
    public EventLoop Events { get; }

    public TlsBio Bio { get; } = new();

    /// <summary>Owned.</summary>
    public RecordLayer Records { get; }

    public HandshakeServer Handshakes { get; }

    /// <summary>Room for plaintext. Nothing in it survives an await.</summary>
    public Span<byte> Scratch => new(scratch, ScratchSize);

    public Dialer Dialer { get; }

    /// <summary>Shared by all loops.</summary>
    public Shaper Shaper { get; }

    /// <summary>The clients that wait for their <see cref="HandshakeSlot"/>.</summary>
    public DeadlineQueue HandshakeSlots { get; }

    public DeadlineQueue HandshakeTimeouts { get; }

    public DeadlineQueue ProxyHeaderTimeouts { get; }

    public DeadlineQueue IdleTimeouts { get; }

    public DeadlineQueue HalfClosedTimeouts { get; }

    public RelayCounters Counters { get; } = new();

    /// <summary>For the connections that are no traffic: see <see cref="OwnFlights"/>.</summary>
    public RelayCounters OwnCounters { get; } = new();

    /// <summary>The open connections of all loops.</summary>
    public int OpenConnections => open.Count;

    /// <summary>How many connections were given to this loop and have not ended; from any thread.</summary>
    public int Load => Volatile.Read(ref load);

    /// <summary>Counts a connection that this loop will get; from any thread.</summary>
    public void Reserve() => Interlocked.Increment(ref load);

    /// <summary>Counts a connection that has ended, or has not come about.</summary>
    public void Release()
    {
        Interlocked.Decrement(ref load);
        open.Remove();
    }

    /// <summary>
    /// The time of the inner hello begins. Together with the handshake it has as long as the longer of both limits: by default, as from
    /// nginx, a client gets 60 s from the accept to its first request, however it divides them.
    /// </summary>
    /// <param name="deadline">The handshake's.</param>
    /// <param name="age">Since the accept.</param>
    public void ArmHello(Deadline deadline, TimeSpan age)
    {
        if (limits.HelloTimeout > limits.HandshakeTimeout)
            helloTimeouts.Arm(deadline, limits.HelloTimeout - age);
        else if (age + limits.HelloTimeout < limits.HandshakeTimeout)
            helloTimeouts.Arm(deadline);
    }

    /// <summary>Begins to hold a connection, for which there is a place reserved.</summary>
    public void Add(ILoopConnection connection) => connections.Add(connection);

    /// <summary>A connection has ended, and has freed what it owned.</summary>
    public void Remove(ILoopConnection connection)
    {
        connections.Remove(connection);
        Release();
    }

    public void CancelAll(Func<ILoopConnection, bool> which)
    {
        foreach (var connection in connections.Where(which).ToList())
            connection.Cancel();
    }

    /// <summary>
    /// From now on waits last as long as the limits of these options say, those of open connections, too, and dials go their way.
    /// </summary>
    public void Use(RelayOptions options)
    {
        limits = options.Limits;
        Dialer.Use(options);
        HandshakeTimeouts.Change(limits.HandshakeTimeout);
        ProxyHeaderTimeouts.Change(limits.ProxyHeaderTimeout);
        helloTimeouts.Change(limits.HelloTimeout);
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
