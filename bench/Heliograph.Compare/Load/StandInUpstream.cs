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
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> resting = [];
    private readonly Lock gate = new();
    private int open;
    private string? failure;

    public StandInUpstream()
        : this(new IPEndPoint(IPAddress.Loopback, 0), Traffic.Hello)
    {
    }

    /// <param name="address">Where.</param>
    /// <param name="hello">What it expects first.</param>
    /// <param name="threads">How many connections it serves at a time.</param>
    public StandInUpstream(IPEndPoint address, byte[] hello, int threads = Threads)
    {
        this.hello = hello;
        listener.Bind(address);
        listener.Listen(4096);
        for (var i = 0; i < threads; i++)
            new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = "upstream" }.Start();
    }

    public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

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

    /// <summary>Ends the resting connections.</summary>
    public int ReleaseResting()
    {
        lock (gate)
        {
            var count = resting.Count;
            resting.ForEach(socket => socket.Dispose());
            resting.Clear();
            return count;
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        ReleaseResting();
    }

    private void Serve()
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
                Serve(BlockingSocket.Prepare(socket), buffer);
            }
            catch (Exception exception) when (exception is SocketException or CompareException)
            {
                Interlocked.CompareExchange(ref failure, exception.Message, null);
                socket.Dispose();
            }

            Interlocked.Decrement(ref open);
        }
    }

    private void Serve(Socket socket, byte[] buffer)
    {
        ReceiveExactly(socket, buffer.AsSpan(0, hello.Length + Command.Length));
        if (!buffer.AsSpan(0, hello.Length).SequenceEqual(hello))
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
                return;
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
            default:
                throw new CompareException($"byte {(byte)command.Verb} arrived in place of the command");
        }

        ExpectEnd(socket, buffer);
        socket.Dispose();
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
