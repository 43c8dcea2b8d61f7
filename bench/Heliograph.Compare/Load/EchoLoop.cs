using System.Net.Sockets;

namespace Heliograph.Compare.Load;

/// <summary>One thread that echoes what arrives on any number of connections, until their clients end them.</summary>
internal sealed class EchoLoop : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    private readonly Epoll epoll = new();
    private readonly Dictionary<int, Socket> sockets = [];
    private readonly Lock gate = new();
    private readonly Action<string?> ended;
    private readonly Thread thread;
    private volatile bool stops;

    /// <param name="ended">Called at the end of each connection, with what was wrong or null.</param>
    public EchoLoop(Action<string?> ended)
    {
        this.ended = ended;
        thread = new Thread(Run) { IsBackground = true, Name = "echo" };
        thread.Start();
    }

    public void Add(Socket socket)
    {
        socket.Blocking = false;
        var descriptor = (int)socket.Handle;
        lock (gate)
            sockets.Add(descriptor, socket);
        epoll.Watch(descriptor);
    }

    public void Dispose()
    {
        stops = true;
        thread.Join();
        epoll.Dispose();
        foreach (var socket in sockets.Values)
            socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[64 * 1024];
        while (!stops)
        {
            foreach (var descriptor in epoll.Wait(Turn))
            {
                Socket socket;
                lock (gate)
                    socket = sockets[descriptor];
                if (Echo(socket, buffer, out var problem))
                    continue;
                lock (gate)
                    sockets.Remove(descriptor);
                epoll.Forget(descriptor);
                socket.Dispose();
                ended(problem);
            }
        }
    }

    /// <returns>False: the connection is over.</returns>
    private static bool Echo(Socket socket, byte[] buffer, out string? problem)
    {
        problem = null;
        var read = socket.Receive(buffer, SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock)
            return true;
        // A proxy may pass on a client's abrupt close as a reset.
        if (read == 0)
            return false;
        // A client waits for its echoes, so that they fit the socket's buffer.
        if (socket.Send(buffer.AsSpan(0, read), SocketFlags.None, out error) == read)
            return true;
        problem = $"an echo could not be sent: {error}";
        return false;
    }
}
