using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.Loop;

/// <summary>
/// One thread, one epoll. A connection lives on one loop for life, so what it touches needs no lock. Edge-triggered, registered once for both directions;
/// continuations run inline. Nothing on a loop blocks but <c>epoll_wait</c>.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>
    /// Bytes read from a socket at once: the content of as many full TLS records, 128 KB. 64 KB cost 4 % more CPU for a GB, 256 KB no less.
    /// </summary>
    public const int ReceiveSize = RecordLayer.RecordsAtOnce * RecordLayer.LargestContent;

    private const int EventsPerWait = 256;
    private const ulong WakeUp = ulong.MaxValue;

    private readonly TimeProvider time;
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
    private int wakeUpPending;
    private volatile bool stopping;

    /// <param name="name">The thread's name.</param>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="failed">Told of an exception that left a continuation: a defect, after which the loop goes on.</param>
    /// <exception cref="IOException">The system gives no descriptor.</exception>
    public EventLoop(string name, TimeProvider time, Action<Exception> failed)
    {
        this.time = time;
        this.failed = failed;
        started = time.GetTimestamp();
        epoll = Libc.epoll_create1(Libc.EpollCloseOnExec);
        wakeUp = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
        if (epoll < 0 || wakeUp < 0)
            throw new IOException($"the system gives no descriptor for an event loop: {Marshal.GetLastPInvokeErrorMessage()}");
        events = (byte*)NativeMemory.Alloc((nuint)(EventsPerWait * EpollEvents.Size));
        Received = (byte*)NativeMemory.Alloc(RecordLayer.ReceiveSize);
        var wake = stackalloc byte[EpollEvents.Size];
        EpollEvents.Write(wake, Libc.EpollIn | Libc.EpollEdgeTriggered, WakeUp);
        _ = Libc.epoll_ctl(epoll, Libc.EpollAdd, wakeUp, wake);
        thread = new Thread(Run, 512 * 1024) { Name = name, IsBackground = true };
    }

    /// <summary>Milliseconds since the loop was made, read once a round.</summary>
    public long Now { get; private set; }

    /// <summary>What a socket gives at once at most; settable from any thread. Small reads are what makes small shares of a limited rate possible.</summary>
    public int LongestReceive { get; set; } = int.MaxValue;

    /// <summary>Scratch for what comes from a socket: <see cref="RecordLayer.ReceiveSize"/> bytes. Nothing in it survives an await.</summary>
    public byte* Received { get; }

    public void Start() => thread.Start();

    /// <summary>Runs an action on the loop; callable from any thread.</summary>
    public void Post(Action action)
    {
        posted.Enqueue(action);
        if (Interlocked.Exchange(ref wakeUpPending, 1) != 0)
            return;
        var one = 1UL;
        _ = Libc.write(wakeUp, &one, sizeof(ulong));
    }

    /// <summary>Runs an action later in this round; only from the loop itself.</summary>
    public void Schedule(Action action) => scheduled.Enqueue(action);

    /// <summary>A kind of wait on this loop; made before the loop starts or on it.</summary>
    public DeadlineQueue CreateDeadlines(TimeSpan duration)
    {
        var queue = new DeadlineQueue(this, duration);
        deadlines.Add(queue);
        return queue;
    }

    /// <summary>Lets the other connections have their turn.</summary>
    public YieldAwaitable Yield() => new(this);

    /// <summary>Comes back to the loop after a task that ended on another thread (name resolution is the only one).</summary>
    /// <remarks>
    /// In place of a SynchronizationContext, which would make every await of a task inside the loop allocate two objects that live as long as the
    /// connection: 700 bytes of each idle one (docs/adr/0003-no-synchronization-context.md).
    /// </remarks>
    public EnterAwaitable Enter() => new(this);

    /// <summary>Ends the thread; only from another one. Sockets still open are their owners' to close, before.</summary>
    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        Post(static () => { });
        if (thread.IsAlive)
            thread.Join();
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
            throw new IOException($"epoll takes no more descriptors: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        return slot;
    }

    /// <summary>Forgets a socket; closing its descriptor takes it out of the epoll.</summary>
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
            Now = (long)time.GetElapsedTime(started).TotalMilliseconds;
            for (var i = 0; i < count; i++)
                Dispatch(EpollEvents.Events(events, i), EpollEvents.Data(events, i));
            foreach (var queue in deadlines)
                queue.Expire();
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
        // A socket closed earlier in this round may have left its slot to another one: the generation tells.
        if (sockets[(int)(uint)data] is not { } socket || socket.Generation != (uint)(data >> 32))
            return;
        try
        {
            socket.Happened(happened);
        }
        catch (Exception e)
        {
            failed(e);
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

    private void Invoke(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    /// <summary>What <see cref="Yield"/> gives to await.</summary>
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

    /// <summary>What <see cref="Enter"/> gives to await.</summary>
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
