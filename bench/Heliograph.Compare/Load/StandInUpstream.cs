using System.Net;
using System.Net.Sockets;

namespace Heliograph.Compare.Load;

/// <summary>
/// Signal, as far as the proxies know: a plain TCP server that checks the hello byte for byte and then runs the command after it.
/// A few threads accept and serve in turn; the kernel distributes the connections among them.
/// </summary>
internal sealed class StandInUpstream : IDisposable
{
    private const int Threads = 16;

    private readonly byte[] hello;
    private readonly List<Socket> listeners = [];
    private readonly List<EchoLoop> echoLoops = [];
    private readonly int mostEchoLoops;
    private readonly List<Socket> resting = [];
    private readonly Lock gate = new();
    private int open;
    private int mirrored;
    private string? failure;

    /// <param name="lanes">Each has an address of its own.</param>
    /// <param name="echoLoops">Threads that echo messages.</param>
    public StandInUpstream(int lanes = 1, int echoLoops = 1)
        : this(new IPEndPoint(IPAddress.Loopback, 0), Traffic.Hello, lanes: lanes, echoLoops: echoLoops)
    {
    }

    /// <param name="address">Where.</param>
    /// <param name="hello">What it expects first.</param>
    /// <param name="threads">How many connections it serves at a time.</param>
    /// <param name="lanes">How many addresses it has.</param>
    /// <param name="echoLoops">Threads that echo messages.</param>
    public StandInUpstream(IPEndPoint address, byte[] hello, int threads = Threads, int lanes = 1, int echoLoops = 1)
    {
        this.hello = hello;
        mostEchoLoops = echoLoops;
        for (var lane = 0; lane < lanes; lane++)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listeners.Add(listener);
            listener.Bind(address);
            listener.Listen(4096);
            for (var i = 0; i < threads; i++)
                new Thread(() => Serve(listener), maxStackSize: 512 * 1024) { IsBackground = true, Name = "upstream" }.Start();
        }
    }

    public IPEndPoint Address => Addresses[0];

    /// <summary>One for each lane.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. listeners.Select(static listener => (IPEndPoint)listener.LocalEndPoint!)];

    /// <summary>
    /// Waits until the proxy has closed every connection that the clients have ended: closing is part of the work that is measured.
    /// </summary>
    public void WaitUntilClosed()
    {
        var deadline = Environment.TickCount64 + (BlockingSocket.TimeoutSeconds * 1000);
        while (Volatile.Read(ref open) > 0 && Environment.TickCount64 < deadline)
            Thread.Sleep(5);
        if (Volatile.Read(ref failure) is { } reason)
            throw new CompareException($"its upstream reported: {reason}");
        if (Volatile.Read(ref open) is > 0 and var left)
            throw new CompareException(
                $"{left} connections to the upstream were still open {BlockingSocket.TimeoutSeconds} s after their clients had left");
    }

    /// <summary>Ends the resting connections with RST: nothing of them stays in the kernel.</summary>
    public int ReleaseResting()
    {
        lock (gate)
        {
            var count = resting.Count;
            resting.ForEach(static socket => socket.Close(0));
            resting.Clear();
            return count;
        }
    }

    public void Dispose()
    {
        listeners.ForEach(static listener => listener.Dispose());
        ReleaseResting();
        lock (gate)
        {
            echoLoops.ForEach(static loop => loop.Dispose());
            echoLoops.Clear();
        }
    }

    private void Serve(Socket listener)
    {
        var buffer = new byte[256 * 1024];
        while (true)
        {
            Socket socket;
            try
            {
                socket = listener.Accept();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref open);
            try
            {
                if (Serve(BlockingSocket.Prepare(socket), buffer))
                    Ended(null);
            }
            catch (Exception exception) when (exception is SocketException or CompareException)
            {
                socket.Dispose();
                Ended(exception.Message);
            }
        }
    }

    private void Ended(string? problem)
    {
        if (problem is not null)
            Interlocked.CompareExchange(ref failure, problem, null);
        Interlocked.Decrement(ref open);
    }

    /// <returns>False: another thread goes on with it.</returns>
    private bool Serve(Socket socket, byte[] buffer)
    {
        ReceiveExactly(socket, buffer.AsSpan(0, hello.Length + Command.Length));
        if (!IsHello(buffer.AsSpan(0, hello.Length)))
            throw new CompareException("the hello did not arrive as it was sent");
        var command = Command.Parse(buffer.AsSpan(hello.Length));
        switch (command.Verb)
        {
            case Verb.Greet:
                socket.Send(Traffic.Block.AsSpan(0, 1));
                break;
            case Verb.Rest:
                lock (gate)
                    resting.Add(socket);
                socket.Send(Traffic.Block.AsSpan(0, 1));
                return true;
            case Verb.Send:
                for (long sent = 0; sent < command.Count;)
                    sent += socket.Send(UpTo(Traffic.From(sent), command.Count - sent));
                break;
            case Verb.Take:
                Take(socket, buffer, command.Count);
                socket.Send(Traffic.Block.AsSpan(0, 1));
                break;
            case Verb.Echo:
                Echo(socket, buffer, command.Count);
                break;
            case Verb.Mirror:
                NextEchoLoop().Add(socket);
                return false;
            default:
                throw new CompareException($"byte {(byte)command.Verb} arrived in place of the command");
        }

        ExpectEnd(socket, buffer);
        socket.Dispose();
        return true;
    }

    /// <summary>A lane has a name of its own, in the same place. A relay that knows no names takes any lane.</summary>
    private bool IsHello(ReadOnlySpan<byte> bytes)
    {
        if (bytes.SequenceEqual(hello))
            return true;
        for (var lane = 1; lane < listeners.Count; lane++)
        {
            if (bytes.SequenceEqual(Lanes.Hello(lane)))
                return true;
        }

        return false;
    }

    private EchoLoop NextEchoLoop()
    {
        lock (gate)
        {
            if (echoLoops.Count < mostEchoLoops)
                echoLoops.Add(new EchoLoop(Ended));
            return echoLoops[mirrored++ % mostEchoLoops];
        }
    }

    private static void Take(Socket socket, byte[] buffer, long count)
    {
        for (long taken = 0; taken < count;)
        {
            var read = Receive(socket, buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - taken)));
            if (!Traffic.Matches(buffer.AsSpan(0, read), taken))
                throw new CompareException($"the bytes after {taken} did not arrive as they were sent");
            taken += read;
        }
    }

    private static void Echo(Socket socket, byte[] buffer, long count)
    {
        for (long echoed = 0; echoed < count;)
        {
            var read = Receive(socket, buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - echoed)));
            socket.Send(buffer.AsSpan(0, read));
            echoed += read;
        }
    }

    private static ReadOnlySpan<byte> UpTo(ReadOnlySpan<byte> bytes, long most) => bytes.Length <= most ? bytes : bytes[..(int)most];

    private static void ReceiveExactly(Socket socket, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
            buffer = buffer[Receive(socket, buffer)..];
    }

    private static int Receive(Socket socket, Span<byte> buffer) =>
        socket.Receive(buffer) is > 0 and var read
            ? read
            : throw new CompareException("a connection ended before all its bytes had arrived");

    private static void ExpectEnd(Socket socket, byte[] buffer)
    {
        try
        {
            if (socket.Receive(buffer) > 0)
                throw new CompareException("more bytes arrived than were sent");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // All bytes have arrived; a proxy may pass on a client's abrupt close as a reset.
        }
    }
}
