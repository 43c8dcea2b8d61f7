using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.Loop;

/// <summary>
/// One thread, one epoll set. A connection stays on one loop for life, so what it touches needs no lock. Sockets are edge-triggered and
/// registered once for both directions; continuations run inline. Nothing on a loop blocks except <c>epoll_wait</c>.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>
    /// Bytes read from a socket at once: the content of as many full TLS records, 128 KB. 64 KB cost 4 % more CPU for a GB, 256 KB no less.
    /// </summary>
    public const int ReceiveSize = RecordLayer.RecordsAtOnce * RecordLayer.LargestContent;

    private const int EventsPerWait = 256;

    /// <summary>What may wait on a loop before reads become small: sixty whole reads, for clients on slow lines.</summary>
    internal const long HeldPlenty = 8L * 1024 * 1024;

    /// <summary>With what a TLS record has beside its content, it fits a buffer of 4 KB.</summary>
    internal const int SmallReceive = 4000;
    private const ulong WakeUp = ulong.MaxValue;

    private readonly TimeProvider timeProvider;
    private readonly long started;
    private readonly int epoll;
    private readonly int wakeUp;
    private readonly byte* events;
    private readonly Thread thread;
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly Queue<Action> scheduled = new();
    private readonly List<DeadlineQueue> deadlines = [];
    private readonly Action<Exception> failed;
    private LoopSocket?[] sockets = new LoopSocket?[64];
    private readonly Stack<int> freeSlots = new();
    private int usedSlots;
    private readonly Lock waking = new();
    private int wakeUpPending;
    private bool hasEnded;
    private volatile bool stopping;

    /// <param name="name">The thread's name.</param>
    /// <param name="timeProvider">The clock of the deadlines.</param>
    /// <param name="failed">Called with an exception that left a continuation: a defect, after which the loop continues.</param>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public EventLoop(string name, TimeProvider timeProvider, Action<Exception> failed)
    {
        this.timeProvider = timeProvider;
        this.failed = failed;
        started = timeProvider.GetTimestamp();
        epoll = Libc.epoll_create1(Libc.EpollCloseOnExec);
        wakeUp = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
        if (epoll < 0 || wakeUp < 0)
            throw new IOException($"cannot create an event loop: {Marshal.GetLastPInvokeErrorMessage()}");
        events = (byte*)NativeMemory.Alloc((nuint)(EventsPerWait * EpollEvents.Size));
        Received = (byte*)NativeMemory.Alloc(RecordLayer.ReceiveSize);
        var wake = stackalloc byte[EpollEvents.Size];
        EpollEvents.Write(wake, Libc.EpollIn | Libc.EpollEdgeTriggered, WakeUp);
        _ = Libc.epoll_ctl(epoll, Libc.EpollAdd, wakeUp, wake);
        thread = new Thread(Run, 512 * 1024) { Name = name, IsBackground = true };
    }

    /// <summary>Milliseconds since the loop was made, read once a round.</summary>
    public long Now { get; private set; }

    /// <summary>
    /// The most that one read of a socket gives; may be set from any thread. Small shares of a limited rate need small reads.
    /// </summary>
    public int LongestReceive { get; set; } = int.MaxValue;

    /// <summary>Bytes of buffers that hold what waits, of all connections of this loop. On its thread only.</summary>
    public long Held { get; set; }

    /// <summary>
    /// What one read of a socket may give now. While more than <see cref="HeldPlenty"/> waits, a peer that does not read costs a small
    /// buffer instead of a whole read: however many there are, they cannot use up the memory.
    /// </summary>
    public int ReadLimit => Held > HeldPlenty ? Math.Min(SmallReceive, LongestReceive) : LongestReceive;

    /// <summary>Room for what a socket receives: <see cref="RecordLayer.ReceiveSize"/> bytes. Nothing in it survives an await.</summary>
    public byte* Received { get; }

    public void Start() => thread.Start();

    /// <summary>Runs an action on the loop; callable from any thread.</summary>
    public void Post(Action action)
    {
        posted.Enqueue(action);
        if (Interlocked.Exchange(ref wakeUpPending, 1) != 0)
            return;
        var one = 1UL;
        lock (waking)
        {
            if (!hasEnded)
                _ = Libc.write(wakeUp, &one, sizeof(ulong));
        }
    }

    /// <summary>Runs an action later in this round; only from the loop itself.</summary>
    public void Schedule(Action action) => scheduled.Enqueue(action);

    /// <summary>Creates the deadlines of one kind of wait; before the loop starts, or on it.</summary>
    public DeadlineQueue CreateDeadlines(TimeSpan duration)
    {
        var queue = new DeadlineQueue(this, duration);
        deadlines.Add(queue);
        return queue;
    }

    /// <summary>Gives the other connections their turn.</summary>
    public YieldAwaitable Yield() => new(this);

    /// <summary>Returns to the loop after a task that ended on another thread (only name resolution does).</summary>
    /// <remarks>
    /// A SynchronizationContext would do this by itself, but makes every await of a task on the loop allocate two objects that live as long
    /// as the connection: 700 bytes for each idle one (docs/adr/0003-no-synchronization-context.md).
    /// </remarks>
    public EnterAwaitable Enter() => new(this);

    /// <summary>Ends the thread; from another thread only. Owners must close their sockets before.</summary>
    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        Post(static () => { });
        if (thread.IsAlive)
            thread.Join();
        // Who posts late must not write into whatever has the descriptor's number by then.
        lock (waking)
            hasEnded = true;
        _ = Libc.close(epoll);
        _ = Libc.close(wakeUp);
        NativeMemory.Free(events);
        NativeMemory.Free(Received);
    }

    /// <summary>Registers a descriptor, once, for both directions.</summary>
    /// <returns>The socket's slot.</returns>
    internal int Add(LoopSocket socket, int descriptor, bool writes)
    {
        var slot = freeSlots.TryPop(out var free) ? free : usedSlots++;
        if (slot == sockets.Length)
            Array.Resize(ref sockets, sockets.Length * 2);
        sockets[slot] = socket;
        var @event = stackalloc byte[EpollEvents.Size];
        var interest = Libc.EpollIn | Libc.EpollRdHup | Libc.EpollEdgeTriggered | (writes ? Libc.EpollOut : 0);
        EpollEvents.Write(@event, interest, ((ulong)socket.Generation << 32) | (uint)slot);
        if (Libc.epoll_ctl(epoll, Libc.EpollAdd, descriptor, @event) != 0)
        {
            Remove(slot);
            throw new IOException($"epoll does not accept the socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        return slot;
    }

    /// <summary>Forgets a socket; closing its descriptor removes it from the epoll set.</summary>
    internal void Remove(int slot)
    {
        sockets[slot] = null;
        freeSlots.Push(slot);
    }

    private void Run()
    {
        while (!stopping)
        {
            var count = Libc.epoll_wait(epoll, events, EventsPerWait, Timeout());
            Now = (long)timeProvider.GetElapsedTime(started).TotalMilliseconds;
            for (var i = 0; i < count; i++)
                Dispatch(EpollEvents.Events(events, i), EpollEvents.Data(events, i));
            foreach (var queue in deadlines)
                Expire(queue);
            for (var left = scheduled.Count; left > 0; left--)
                Invoke(scheduled.Dequeue());
        }
    }

    private int Timeout()
    {
        if (scheduled.Count > 0)
            return 0;
        var next = long.MaxValue;
        foreach (var queue in deadlines)
            next = Math.Min(next, queue.Next);
        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Now, 0, int.MaxValue);
    }

    private void Dispatch(int happened, ulong data)
    {
        if (data == WakeUp)
        {
            RunPosted();
            return;
        }
        // A socket closed earlier in this round may have left its slot to another one, which has another generation.
        if (sockets[(int)(uint)data] is not { } socket || socket.Generation != (uint)(data >> 32))
            return;
        try
        {
            socket.Happened(happened);
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    private void RunPosted()
    {
        ulong count;
        _ = Libc.read(wakeUp, &count, sizeof(ulong));
        Interlocked.Exchange(ref wakeUpPending, 0);
        while (posted.TryDequeue(out var action))
            Invoke(action);
    }

    // What is still due after a failure is due in the next round.
    private void Expire(DeadlineQueue queue)
    {
        try
        {
            queue.Expire();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    private void Invoke(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    /// <summary>Awaited by <see cref="Yield"/>.</summary>
    internal readonly struct YieldAwaitable(EventLoop loop) : System.Runtime.CompilerServices.ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public YieldAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => loop.Schedule(continuation);

        public void UnsafeOnCompleted(Action continuation) => loop.Schedule(continuation);
    }

    /// <summary>Awaited by <see cref="Enter"/>.</summary>
    internal readonly struct EnterAwaitable(EventLoop loop) : System.Runtime.CompilerServices.ICriticalNotifyCompletion
    {
        public bool IsCompleted => Thread.CurrentThread == loop.thread;

        public EnterAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => loop.Post(continuation);

        public void UnsafeOnCompleted(Action continuation) => loop.Post(continuation);
    }
}
