using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;

namespace Heliograph.Relay.Tests.Relaying;

/// <summary>What waits for peers that do not read is bounded for a whole loop, not only for each connection.</summary>
public sealed class StalledReaderTests : IDisposable
{
    private const int Stalled = 200;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly EventLoop loop = new("test", TimeProvider.System, static _ => { });
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        loop.Dispose();
        listener.Dispose();
    }

    [Fact]
    public async Task Peers_that_do_not_read_cost_a_small_buffer_each_once_many_do()
    {
        loop.Start();
        // Accepted sockets inherit it: less of what is written waits in the kernel.
        listener.Server.SendBufferSize = 4096;
        listener.Start();
        using var upstream = new TcpClient();
        var from = await ConnectAsync(upstream);
        var clients = Enumerable.Range(0, Stalled).Select(static _ => new TcpClient { ReceiveBufferSize = 4096 }).ToList();
        var accepted = new List<int>();
        foreach (var client in clients)
            accepted.Add(await ConnectAsync(client));
        var sending = SendAsync(upstream.Client);

        var outcome = new TaskCompletionSource<(long Held, int Limit, long HeldAfter)>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => _ = StallAsync(from, accepted, outcome));
        var (held, limit, heldAfter) = await outcome.Task.WaitAsync(Bound, Stop);

        upstream.Dispose();
        await sending;
        clients.ForEach(static client => client.Dispose());
        // The last whole read may begin just below the bound. A small one waits in a buffer of 4 KB, beside what the kernel refused before.
        Assert.InRange(held, EventLoop.HeldPlenty + 1, EventLoop.HeldPlenty + EventLoop.ReceiveSize + (Stalled * 2 * 4096));
        Assert.Equal(EventLoop.SmallReceive, limit);
        Assert.Equal(0, heldAfter);
    }

    /// <summary>As the pump does, for one client after the other: writes until it does not take the bytes.</summary>
    private async Task StallAsync(
        int from, List<int> accepted, TaskCompletionSource<(long Held, int Limit, long HeldAfter)> outcome)
    {
        try
        {
            var received = new byte[EventLoop.ReceiveSize];
            using var upstream = new SocketChannel(LoopSocket.Adopt(loop, from));
            var channels = accepted.Select(descriptor => new SocketChannel(LoopSocket.Adopt(loop, descriptor))).ToList();
            foreach (var channel in channels)
            {
                while (!channel.HasOutput)
                {
                    var read = upstream.Read(received);
                    if (read.Status == IoStatus.Done)
                        Assert.True(channel.Write(received.AsSpan(0, read.Count)));
                    else
                        Assert.True(read.Status == IoStatus.WouldBlock && await upstream.Socket.Readable());
                }
            }
            var (held, limit) = (loop.Held, loop.ReadLimit);
            channels.ForEach(static channel => channel.Dispose());
            outcome.SetResult((held, limit, loop.Held));
        }
        catch (Exception exception)
        {
            outcome.SetException(exception);
        }
    }

    private async Task<int> ConnectAsync(TcpClient client)
    {
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        return Accept(listener.Server);
    }

    private static async Task SendAsync(Socket socket)
    {
        try
        {
            while (true)
                await socket.SendAsync(new byte[256 * 1024], Stop);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has seen enough.
        }
    }

    private static unsafe int Accept(Socket listening) => Libc.accept4((int)listening.Handle, null, null, Libc.AcceptNonBlocking);
}
