using System.Net.Sockets;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Relaying;
using Heliograph.Testing.Tls13;
using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Relay.Tests.OuterTls;

public sealed class Tls13ChannelTests : IDisposable
{
    private const string Suite = "TLS_AES_128_GCM_SHA256";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly byte[] ServerSecret = [.. Enumerable.Repeat((byte)1, 32)];

    private readonly EventLoop loop = new("test", TimeProvider.System, static _ => { });
    private readonly RecordLayer records = new(ipsecMb: null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        loop.Dispose();
        records.Dispose();
    }

    [Fact]
    public async Task A_worn_out_key_is_replaced_and_the_client_is_informed()
    {
        loop.Start();
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint, Stop);
        var accepted = Accept(listener.Server);
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => written.SetResult(WriteTwice(accepted)));
        Assert.True(await written.Task.WaitAsync(Bound, Stop));

        var keys = new Tls13Keys(Suite, ServerSecret, TrafficKey.MostRecords - 1);
        Assert.Equal((23, "a"), await ReadAsync(client.GetStream(), keys));
        Assert.Equal((22, "\u0018\0\0\u0001\0"), await ReadAsync(client.GetStream(), keys));
        keys.Update();
        Assert.Equal((23, "b"), await ReadAsync(client.GetStream(), keys));
    }

    private static unsafe int Accept(Socket listening) => Libc.accept4((int)listening.Handle, null, null, Libc.AcceptNonBlocking);

    private bool WriteTwice(int accepted)
    {
        using var input = new PendingBytes(loop);
        using var channel = new Tls13Channel(
            records,
            SessionKeys.Derive(0x1301, new byte[32], ServerSecret, (int)TrafficKey.MostRecords - 1)!.Value,
            LoopSocket.Adopt(loop, accepted),
            input);
        return channel.Write("a"u8) && channel.Write("b"u8);
    }

    private static async Task<(int Type, string Content)> ReadAsync(NetworkStream stream, Tls13Keys keys)
    {
        var header = new byte[5];
        await stream.ReadExactlyAsync(header, Stop);
        var fragment = new byte[(header[3] << 8) | header[4]];
        await stream.ReadExactlyAsync(fragment, Stop);
        var (type, content) = keys.Unprotect(header, fragment);
        return (type, System.Text.Encoding.Latin1.GetString(content));
    }
}
