using System.Net.Sockets;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Http;

/// <summary>
/// Serves each connection until it ends, at most <see cref="Most"/> at once. No failure of a connection gets out, and none is logged,
/// except a bug in this program, without anything about the request.
/// </summary>
internal sealed class ServedConnections : IAsyncDisposable
{
    /// <summary>
    /// More wait: in the kernel's queue, or, if the relay hands them over, for a place here. The relay has its own limit.
    /// </summary>
    public const int Most = 4096;

    /// <summary>As many as nginx lets wait in the kernel (its backlog). Nobody sees whether one that waits is still there.</summary>
    public const int MostWaiting = 511;

    private readonly Func<ClientSocket, Task> serve;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly SemaphoreSlim places = new(Most);
    private readonly CancellationTokenSource stopping = new();
    private int waiting;

    public ServedConnections(Func<ClientSocket, Task> serve, TimeProvider timeProvider, ILogger logger)
    {
        this.serve = serve;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>Serves a connection, which waits for a place, or is closed if too many wait.</summary>
    public async Task ServeAsync(ClientConnection connection)
    {
        try
        {
            if (await FindPlaceAsync())
                await ServeInPlaceAsync(connection);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The server is stopping.
        }
        finally
        {
            connection.Dispose();
        }
    }

    /// <summary>Waits for a place.</summary>
    public Task ReserveAsync(CancellationToken cancellationToken) => places.WaitAsync(cancellationToken);

    /// <summary>Gives back a reserved place that no connection took.</summary>
    public void Release() => places.Release();

    /// <summary>Serves a connection in a reserved place, and returns at once.</summary>
    public void Serve(Socket connection) => _ = Task.Run(() => ServeInPlaceAsync(new SocketConnection(connection)));

    /// <summary>Ends every connection, and waits until the last has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        for (var i = 0; i < Most; i++)
            await places.WaitAsync(CancellationToken.None);
        places.Dispose();
        stopping.Dispose();
    }

    private async Task<bool> FindPlaceAsync()
    {
        if (Interlocked.Increment(ref waiting) > MostWaiting && places.CurrentCount == 0)
        {
            Interlocked.Decrement(ref waiting);
            return false;
        }
        try
        {
            await places.WaitAsync(stopping.Token);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private async Task ServeInPlaceAsync(ClientConnection connection)
    {
        try
        {
            using var client = new ClientSocket(connection, timeProvider, stopping.Token);
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
            places.Release();
        }
    }
}
