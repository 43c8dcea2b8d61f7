using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing;

/// <summary>
/// An event on a socket twice a second, for as long as the tests run. .NET 9 and 10 now and then leave an event of a socket in their queue with no thread to take it, until another one comes
/// (https://github.com/dotnet/runtime/pull/121887): in one of fifteen runs a test stood still for a minute, with all threads asleep and the end of a connection unread.
/// </summary>
public sealed class SocketHeartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource stop = new();
    private readonly Task beating;

    public SocketHeartbeat() => beating = Task.Run(BeatAsync);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task BeatAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await socket.ConnectAsync(socket.LocalEndPoint!, stop.Token);
        using var timer = new PeriodicTimer(Interval);
        var hearing = HearAsync(socket);
        var beat = new byte[1];
        // Does not wait until it is heard: that may be what stands still.
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(stop.Token))
            socket.Send(beat);
        await hearing;
    }

    private async Task HearAsync(Socket socket)
    {
        var beat = new byte[1];
        while (!stop.IsCancellationRequested)
            await socket.ReceiveAsync(beat, stop.Token);
    }
}
