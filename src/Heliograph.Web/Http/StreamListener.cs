using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Http;

/// <summary>
/// Accepts connections on one socket and serves each until it ends, at most <see cref="MostConnections"/> at once. No failure of
/// a connection reaches the loop, and none is logged, except a bug in this program, without anything about the request.
/// </summary>
internal sealed class StreamListener : IAsyncDisposable
{
    /// <summary>More wait in the kernel's queue; the relay in front has its own limit.</summary>
    public const int MostConnections = 4096;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Socket socket;
    private readonly Func<ClientSocket, Task> serve;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly SemaphoreSlim room = new(MostConnections);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;

    private StreamListener(Socket socket, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger)
    {
        this.socket = socket;
        this.serve = serve;
        this.timeProvider = timeProvider;
        this.logger = logger;
        accepting = Task.Run(AcceptAsync);
    }

    public EndPoint EndPoint => socket.LocalEndPoint!;

    /// <summary>Accepts on a socket that already listens, and now owns it; connections still queued at the end stay in its queue.</summary>
    public static StreamListener Start(int descriptor, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger) =>
        new(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), serve, timeProvider, logger);

    /// <summary>Binds and accepts. <c>[::]</c> takes IPv4, too, unless <paramref name="ipv6Only"/>.</summary>
    /// <exception cref="SocketException">Binding to the address fails.</exception>
    public static StreamListener Start(
        EndPoint endPoint, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger, bool ipv6Only = false)
    {
        // With the protocol given, .NET sets SO_REUSEADDR: without it, a restart would wait for the TIME_WAIT of connections that
        // this side closed.
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
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
        // Every connection has been cancelled; once all slots are free, the last one has ended.
        for (var i = 0; i < MostConnections; i++)
            await room.WaitAsync(CancellationToken.None);
        socket.Dispose();
        room.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await room.WaitAsync(stopping.Token);
                var accepted = false;
                try
                {
                    var client = await socket.AcceptAsync(stopping.Token);
                    accepted = true;
                    _ = ServeAsync(client);
                    pause = FirstPause;
                }
                finally
                {
                    if (!accepted)
                        room.Release();
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

    private async Task ServeAsync(Socket accepted)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var client = new ClientSocket(accepted, timeProvider, stopping.Token);
            await serve(client);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or EndOfStreamException)
        {
            // A deadline, a reset or a shrunken file: normal ends of a connection.
        }
        catch (Exception exception)
        {
            logger.RequestFault(exception);
        }
        finally
        {
            room.Release();
        }
    }
}
