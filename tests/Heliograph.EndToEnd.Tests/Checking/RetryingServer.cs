using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>A proxy, but a hello that is short of a key is answered with a HelloRetryRequest for one group.</summary>
internal sealed class RetryingServer : IAsyncDisposable
{
    /// <summary>key_share without any key, at the end of the probe's hello.</summary>
    private static readonly byte[] NoKey = [0, 51, 0, 2, 0, 0];

    private readonly Proxy proxy;
    private readonly ushort group;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> connections = [];
    private readonly Task accepting;

    private RetryingServer(Proxy proxy, ushort group)
    {
        this.proxy = proxy;
        this.group = group;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndPoint!;

    public static async Task<RetryingServer> StartAsync(CheckedProxy check, ushort group) =>
        new(await Proxy.StartAsync(new ProxySettings { Routes = check.Routes() }, check.Authority), group);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        await Task.WhenAll(connections);
        listener.Dispose();
        stopping.Dispose();
        await proxy.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptAsync(stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var client = accepted;
        using var onward = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var hello = new byte[16 * 1024];
            var count = await client.ReceiveAsync(hello, stopping.Token);
            if (hello.AsSpan(0, count).EndsWith(NoKey))
            {
                await client.SendAsync(Retry(), stopping.Token);
                return;
            }
            await onward.ConnectAsync(proxy.Endpoint, stopping.Token);
            await onward.SendAsync(hello.AsMemory(0, count), stopping.Token);
            await using var near = new NetworkStream(client);
            await using var far = new NetworkStream(onward);
            await Task.WhenAny(near.CopyToAsync(far, stopping.Token), far.CopyToAsync(near, stopping.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The check checks what it gets.
        }
    }

    private byte[] Retry()
    {
        byte[] extensions = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, (byte)(group >> 8), (byte)group];
        byte[] body =
        [
            3, 3, .. SHA256.HashData("HelloRetryRequest"u8), 0, 0x13, 0x01, 0, 0, (byte)extensions.Length, .. extensions,
        ];
        return [22, 3, 3, 0, (byte)(4 + body.Length), 2, 0, 0, (byte)body.Length, .. body];
    }
}
