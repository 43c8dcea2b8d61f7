using System.Net;
using System.Net.Sockets;

namespace Heliograph.Compare.Load;

/// <summary>A connection straight to the upstream, without a proxy and without TLS: what the load costs by itself.</summary>
internal sealed class DirectConnection : IMessageConnection
{
    private readonly Socket socket = BlockingSocket.New();

    private DirectConnection()
    {
    }

    public int Descriptor => (int)socket.Handle;

    /// <summary>Connects and sends the hello with the command behind it.</summary>
    public static DirectConnection Open(IPEndPoint upstream, Command command, IPAddress? from = null)
    {
        var connection = new DirectConnection();
        try
        {
            if (from is not null)
                BlockingSocket.BindTo(connection.socket, from);
            connection.socket.Connect(upstream);
            byte[] first = [.. Traffic.Hello, .. new byte[Command.Length]];
            command.Write(first.AsSpan(Traffic.Hello.Length));
            connection.Write(first);
            return connection;
        }
        catch (SocketException exception)
        {
            connection.Dispose();
            throw new CompareException($"a direct connection failed: {exception.Message}");
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (socket.Send(bytes, SocketFlags.None, out var error) != bytes.Length)
            throw new CompareException($"a write to the upstream failed: {error}");
    }

    public int ReadAvailable(Span<byte> buffer)
    {
        var read = socket.Receive(buffer, SocketFlags.None, out var error);
        return error == SocketError.WouldBlock ? 0
            : read > 0 ? read
            : throw new CompareException("the upstream closed a direct connection");
    }

    /// <summary>Waits for the one byte that the upstream answers.</summary>
    public void ReadGreeting()
    {
        Span<byte> greeting = stackalloc byte[1];
        if (socket.Receive(greeting, SocketFlags.None, out _) != 1)
            throw new CompareException("the upstream did not answer a direct connection");
    }

    /// <summary>From now on reads do not wait.</summary>
    public void StopBlocking() => socket.Blocking = false;

    /// <summary>Ends the connection with RST: nothing of it stays in the kernel.</summary>
    public void Reset() => socket.Close(0);

    public void Dispose() => socket.Dispose();
}
