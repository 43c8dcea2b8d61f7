using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Http;

/// <summary>Accepts connections on one TCP socket while there is a place to serve them.</summary>
internal sealed class StreamListener : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Socket socket;
    private readonly ServedConnections connections;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;

    private StreamListener(Socket socket, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger)
    {
        this.socket = socket;
        this.timeProvider = timeProvider;
        connections = new ServedConnections(serve, timeProvider, logger);
        accepting = Task.Run(AcceptAsync);
    }

    public EndPoint EndPoint => socket.LocalEndPoint!;

    public int Descriptor => (int)socket.SafeHandle.DangerousGetHandle();

    /// <summary>Accepts on a socket that already listens, and now owns it; connections still queued at the end stay in its queue.</summary>
    public static StreamListener Start(int descriptor, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger) =>
        new(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), serve, timeProvider, logger);

    /// <summary>Binds and accepts. <c>[::]</c> takes IPv4, too, unless <paramref name="ipv6Only"/>.</summary>
    /// <exception cref="SocketException">Binding to the address fails.</exception>
    public static StreamListener Start(
        IPEndPoint endPoint, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger, bool ipv6Only = false)
    {
        // With the protocol given, .NET sets SO_REUSEADDR: without it, a restart would wait for the TIME_WAIT of connections that
        // this side closed.
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = !ipv6Only;
            socket.Bind(endPoint);
            socket.Listen(511); // nginx's backlog
            return new(socket, serve, timeProvider, logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await accepting;
        await connections.DisposeAsync();
        socket.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await connections.ReserveAsync(stopping.Token);
                var accepted = false;
                try
                {
                    var client = await socket.AcceptAsync(stopping.Token);
                    accepted = true;
                    connections.Serve(client);
                    pause = FirstPause;
                }
                finally
                {
                    if (!accepted)
                        connections.Release();
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or the client left before it was accepted.
                await Task.Delay(pause, timeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
