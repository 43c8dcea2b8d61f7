using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Http;

/// <summary>
/// Accepts connections on one socket and serves each until it ends, at most <see cref="MostConnections"/> at once. Nothing a
/// connection does reaches the loop, and what it did is not logged: only a fault of ours is, without a word of the request.
/// </summary>
internal sealed class StreamListener : IAsyncDisposable
{
    /// <summary>More wait in the kernel's queue; the relay in front has a bound of its own.</summary>
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

    /// <summary>Accepts on a socket that listens already (owned from here on); what waits in its queue at the end is left there.</summary>
    public static StreamListener Start(int descriptor, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger) =>
        new(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), serve, timeProvider, logger);

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static StreamListener Start(EndPoint endPoint, Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger)
    {
        // With the protocol named, .NET sets SO_REUSEADDR: without it a restart would wait for the TIME_WAIT of connections that this side closed.
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
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
        // Every connection has been told to end; when all the room is back, the last one has.
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
                // Out of descriptors, or the client went away before it was accepted.
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
            // A deadline, a reset, a file that shrank: how connections end.
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
