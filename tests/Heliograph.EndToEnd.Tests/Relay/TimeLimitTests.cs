using System.Diagnostics;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>No client may wait forever, and no active client is cut off.</summary>
public class TimeLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Theory(Timeout = Bound.Test)]
    [InlineData(0)]
    [InlineData(40)]
    public async Task A_connection_without_an_outer_handshake_is_closed_after_its_limit(int bytesOfTheHello)
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Limits = "handshake_timeout: 1s" });
        var hello = await InnerHello.ForAsync(Proxy.Name);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.Endpoint, Bound.Token);
        var clock = Stopwatch.StartNew();
        if (bytesOfTheHello > 0)
            await socket.SendAsync(hello.AsMemory(0, bytesOfTheHello), Bound.Token);
        await using var stream = new NetworkStream(socket);
        await EndsAfterTheLimitAsync(stream, clock);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_connection_without_an_inner_hello_is_closed_after_its_limit(int bytesOfTheHello)
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "hello_timeout: 1s");
        var hello = await InnerHello.ForAsync("storage.signal.org");
        var clock = Stopwatch.StartNew();
        await using var client = await TlsInTlsClient.ConnectOuterAsync(relay.Proxy.Client("unused.example"), Bound.Token);
        if (bytesOfTheHello > 0)
            await client.Outer.WriteAsync(hello.AsMemory(0, bytesOfTheHello), Bound.Token);
        await EndsAfterTheLimitAsync(client.Outer, clock);
        Assert.Equal(0, relay.Upstream.Accepted);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_idle_relayed_connection_is_closed_after_its_limit_on_both_sides()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "idle_timeout: 1s");
        var (client, connection, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await client.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);
        await EndsAfterTheLimitAsync(client.Outer, Stopwatch.StartNew());
        await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_occasional_byte_keeps_a_connection_open_beyond_every_limit()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(
            StandInBehaviour.EchoAsync, "handshake_timeout: 5s, hello_timeout: 5s, idle_timeout: 5s");
        var (client, _, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await client.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++)
        {
            await Echo.RoundTripAsync(client.Outer, i, 1);
            await beat.WaitForNextTickAsync(Bound.Token);
        }
    }

    private static async Task EndsAfterTheLimitAsync(Stream stream, Stopwatch clock)
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], Bound.Token).AsTask().WaitAsync(Limit + Bound.Prompt, Bound.Token));
        }
        catch (IOException)
        {
            // Without close_notify, or with RST for the bytes that were never read.
        }
        // The clock of the program's loops may tick in tenths.
        Assert.True(clock.Elapsed > Limit * 0.8, $"closed after only {clock.Elapsed}");
    }
}
