using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Heliograph.Relay.Loop;

/// <summary>How a read or a write went.</summary>
internal enum IoStatus
{
    /// <summary>Some bytes were moved.</summary>
    Done,

    /// <summary>Nothing can be moved now: await the socket.</summary>
    WouldBlock,

    /// <summary>The peer sends no more.</summary>
    Closed,

    /// <summary>The connection is broken: reset, timed out, or cancelled.</summary>
    Broken,
}

/// <summary>A status, and the bytes moved when it is <see cref="IoStatus.Done"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IoResult(IoStatus Status, int Count)
{
    public static readonly IoResult WouldBlock = new(IoStatus.WouldBlock, 0);
    public static readonly IoResult Closed = new(IoStatus.Closed, 0);
    public static readonly IoResult Broken = new(IoStatus.Broken, 0);

    public static IoResult Done(int count) => new(IoStatus.Done, count);
}

/// <summary>A non-blocking stream socket on a loop; used on the loop's thread only. Owns the descriptor.</summary>
internal sealed unsafe class LoopSocket : IDisposable
{
    private static uint Generations;

    private readonly int slot;
    private int descriptor;
    private Action? readWaiter;
    private Action? writeWaiter;
    private bool readReady;
    private bool writeReady = true;
    private bool cancelled;
    private bool held;

    private LoopSocket(EventLoop loop, int descriptor, bool writes)
    {
        Loop = loop;
        this.descriptor = descriptor;
        Generation = Interlocked.Increment(ref Generations);
        slot = Loop.Add(this, descriptor, writes);
    }

    /// <summary>The loop that it stays on.</summary>
    public EventLoop Loop { get; }

    public int Descriptor => descriptor;

    /// <summary>The peer has sent FIN, or the connection is over. What it sent before may still be to be read.</summary>
    public bool HasHungUp { get; private set; }

    /// <summary>Distinguishes this socket from those that had its slot before.</summary>
    public uint Generation { get; }

    /// <summary>Takes over a connected or listening descriptor. The loop's next round reports what can already be read.</summary>
    /// <exception cref="IOException">The loop cannot take the descriptor, which was closed.</exception>
    public static LoopSocket Adopt(EventLoop loop, int descriptor, bool listening = false)
    {
        try
        {
            return new LoopSocket(loop, descriptor, writes: !listening);
        }
        catch (IOException)
        {
            _ = Libc.close(descriptor);
            throw;
        }
    }

    /// <summary>Starts to connect. Await <see cref="Writable"/>, then ask <see cref="Error"/>.</summary>
    /// <param name="loop">The loop that the socket will stay on.</param>
    /// <param name="to">Where to.</param>
    /// <param name="error">Why it failed at once, as errno; otherwise 0, or that it is in progress.</param>
    /// <returns>The socket, or null if it failed at once.</returns>
    public static LoopSocket? Connect(EventLoop loop, EndPoint to, out int error)
    {
        var family = to.AddressFamily switch
        {
            AddressFamily.InterNetwork => Libc.FamilyInet,
            AddressFamily.InterNetworkV6 => Libc.FamilyInet6,
            _ => Libc.FamilyUnix,
        };
        var descriptor = Libc.socket(family, Libc.StreamNonBlocking, 0);
        error = descriptor < 0 ? Libc.LastError : 0;
        if (descriptor < 0)
            return null;
        if (DescriptorReserve.IsTouchedByDialling(descriptor))
        {
            _ = Libc.close(descriptor);
            error = Libc.Emfile;
            return null;
        }
        if (family != Libc.FamilyUnix)
            Libc.SetOption(descriptor, Libc.ProtocolTcp, Libc.TcpNoDelay, 1);
        var address = to.Serialize();
        int result;
        fixed (byte* bytes = address.Buffer.Span)
            result = Libc.connect(descriptor, bytes, address.Size);
        error = result == 0 ? 0 : Libc.LastError;
        if (result != 0 && error != Libc.Einprogress)
        {
            _ = Libc.close(descriptor);
            return null;
        }
        try
        {
            return new LoopSocket(loop, descriptor, writes: true) { writeReady = result == 0 };
        }
        catch (IOException)
        {
            error = Libc.LastError;
            _ = Libc.close(descriptor);
            return null;
        }
    }

    /// <summary>Completes with true when there may be something to read, with false when the socket was cancelled.</summary>
    public ReadableAwaitable Readable() => new(this);

    /// <summary>
    /// Completes with true when there may be room to write (or a connect has ended, or the peer has hung up), with false when the socket
    /// was cancelled.
    /// </summary>
    public WritableAwaitable Writable() => new(this);

    /// <summary>
    /// Completes with true when <see cref="Resume"/> is called, with false when the socket was cancelled. Meanwhile, data stays in the
    /// kernel.
    /// </summary>
    public HeldAwaitable Held() => new(this);

    /// <summary>Ends <see cref="Held"/>; on the loop.</summary>
    public void Resume()
    {
        if (!held)
            return;
        held = false;
        var waiter = readWaiter;
        readWaiter = null;
        waiter?.Invoke();
    }

    /// <summary>Lets those who wait look again, as if the socket were ready, later in this round; on the loop. Not those held.</summary>
    public void Wake()
    {
        if (!held && readWaiter is { } reader)
        {
            readWaiter = null;
            Loop.Schedule(reader);
        }
        if (writeWaiter is { } writer)
        {
            writeWaiter = null;
            Loop.Schedule(writer);
        }
    }

    public IoResult Receive(byte* buffer, int length)
    {
        if (cancelled)
            return IoResult.Broken;
        if (!readReady)
            return IoResult.WouldBlock;
        length = Math.Min(length, Loop.ReadLimit);
        nint count;
        do
        {
            count = Libc.recv(descriptor, buffer, length, 0);
        }
        while (count < 0 && Libc.LastError == Libc.Eintr);
        if (count > 0)
        {
            // A short read empties the socket (epoll(7)), but a FIN that came with it would never be reported again.
            readReady = HasHungUp || count == length;
            return IoResult.Done((int)count);
        }
        if (count == 0)
            return IoResult.Closed;
        if (Libc.LastError != Libc.Eagain)
            return IoResult.Broken;
        readReady = false;
        return IoResult.WouldBlock;
    }

    public IoResult Send(byte* buffer, int length)
    {
        if (cancelled)
            return IoResult.Broken;
        if (!writeReady)
            return IoResult.WouldBlock;
        nint count;
        do
        {
            count = Libc.send(descriptor, buffer, length, Libc.MessageNoSignal);
        }
        while (count < 0 && Libc.LastError == Libc.Eintr);
        if (count >= 0)
            return IoResult.Done((int)count);
        if (Libc.LastError != Libc.Eagain)
            return IoResult.Broken;
        writeReady = false;
        return IoResult.WouldBlock;
    }

    /// <summary>Accepts one connection from a listening socket.</summary>
    /// <returns>A descriptor, or the negated error number.</returns>
    public int Accept()
    {
        var accepted = Libc.accept4(descriptor, null, null, Libc.AcceptNonBlocking);
        if (accepted >= 0)
            return accepted;
        var error = Libc.LastError;
        if (error == Libc.Eagain)
            readReady = false;
        return -error;
    }

    /// <summary>The pending error number of the socket, 0 for none.</summary>
    public int Error()
    {
        int error, length = sizeof(int);
        return Libc.getsockopt(descriptor, Libc.SolSocket, Libc.SocketError, &error, &length) == 0 ? error : Libc.LastError;
    }

    /// <summary>Writes the peer's <c>sockaddr</c> and returns its length; 0: the peer has left.</summary>
    public int PeerName(Span<byte> sockaddr)
    {
        var length = sockaddr.Length;
        fixed (byte* bytes = sockaddr)
            return Libc.getpeername(descriptor, bytes, &length) == 0 ? Math.Min(length, sockaddr.Length) : 0;
    }

    /// <summary>The same for this end.</summary>
    public int OwnName(Span<byte> sockaddr)
    {
        var length = sockaddr.Length;
        fixed (byte* bytes = sockaddr)
            return Libc.getsockname(descriptor, bytes, &length) == 0 ? Math.Min(length, sockaddr.Length) : 0;
    }

    /// <summary>Sends FIN; what the peer sends can still be read.</summary>
    public void CloseWrite() => _ = Libc.shutdown(descriptor, Libc.ShutdownWrite);

    /// <summary>From now on every wait ends and every call returns <see cref="IoStatus.Broken"/>; waiters run later in the round.</summary>
    public void Cancel()
    {
        cancelled = true;
        held = false;
        if (readWaiter is { } reader)
            Loop.Schedule(reader);
        if (writeWaiter is { } writer)
            Loop.Schedule(writer);
        readWaiter = writeWaiter = null;
    }

    /// <summary>Closes with RST instead of FIN, so that the peer learns that the other end broke.</summary>
    public void Reset()
    {
        if (descriptor < 0)
            return;
        var linger = stackalloc int[] { 1, 0 };
        _ = Libc.setsockopt(descriptor, Libc.SolSocket, Libc.Linger, linger, 2 * sizeof(int));
        Dispose();
    }

    public void Dispose()
    {
        if (descriptor < 0)
            return;
        Loop.Remove(slot);
        _ = Libc.close(descriptor);
        descriptor = -1;
        Cancel();
    }

    internal void Happened(int events)
    {
        const int Over = Libc.EpollErr | Libc.EpollHup;
        var hangsUp = !HasHungUp && (events & (Libc.EpollRdHup | Over)) != 0;
        HasHungUp |= hangsUp;
        readReady |= (events & (Libc.EpollIn | Libc.EpollRdHup | Over)) != 0;
        writeReady |= (events & (Libc.EpollOut | Over)) != 0;
        if (readReady && !held && readWaiter is { } reader)
        {
            readWaiter = null;
            reader();
        }
        if ((writeReady || hangsUp) && writeWaiter is { } writer)
        {
            writeWaiter = null;
            writer();
        }
    }

    /// <summary>Registers one continuation for the end of a connect, in place of <see cref="Writable"/>; null withdraws it.</summary>
    internal void OnWritable(Action? continuation) => writeWaiter = continuation;

    internal bool IsWritable => writeReady || cancelled;

    internal readonly struct ReadableAwaitable(LoopSocket socket) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => socket.readReady || socket.cancelled;

        public ReadableAwaitable GetAwaiter() => this;

        public bool GetResult() => !socket.cancelled;

        public void OnCompleted(Action continuation) => socket.readWaiter = continuation;

        public void UnsafeOnCompleted(Action continuation) => socket.readWaiter = continuation;
    }

    internal readonly struct HeldAwaitable(LoopSocket socket) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => socket.cancelled;

        public HeldAwaitable GetAwaiter() => this;

        public bool GetResult() => !socket.cancelled;

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            socket.held = true;
            socket.readWaiter = continuation;
        }
    }

    internal readonly struct WritableAwaitable(LoopSocket socket) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => socket.writeReady || socket.cancelled;

        public WritableAwaitable GetAwaiter() => this;

        public bool GetResult() => !socket.cancelled;

        public void OnCompleted(Action continuation) => socket.writeWaiter = continuation;

        public void UnsafeOnCompleted(Action continuation) => socket.writeWaiter = continuation;
    }
}
