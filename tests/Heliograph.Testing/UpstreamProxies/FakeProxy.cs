using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.UpstreamProxies;

/// <summary>
/// A fake: it sends what the test says, whatever it was asked, and a real proxy never would. Then it keeps still or closes.
/// </summary>
public sealed class FakeProxy : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Socket, CancellationToken, Task> serve;
    private readonly Task accepting;

    public FakeProxy(Func<Socket, CancellationToken, Task> serve)
    {
        this.serve = serve;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Address = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint Address { get; }

    /// <summary>Each part is sent after something was received, a byte at a time where the test wants it.</summary>
    public static Func<Socket, CancellationToken, Task> Answers(bool closes, params byte[][] parts) => async (socket, stop) =>
    {
        socket.NoDelay = true;
        foreach (var part in parts)
        {
            await socket.ReceiveAsync(new byte[4096], stop);
            await socket.SendAsync(part, stop);
        }
        if (!closes)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
    };

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptAsync(stopping.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await serve(socket, stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The client has left, or the test is over.
        }
        finally
        {
            socket.Dispose();
        }
    }
}
