using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>A close or reset by either side reaches the other at once, but not before the data sent ahead of it.</summary>
public class CloseTests
{
    private const long Length = 3 * 1024 * 1024;

    [Fact(Timeout = Bound.Test)]
    public async Task A_client_that_has_sent_all_still_receives_the_answer()
    {
        var gate = new TaskCompletionSource();
        await using var relay = await RawRelay.StartAsync(async connection =>
        {
            await connection.Data.CopyToAsync(Stream.Null, connection.Stopping);
            gate.SetResult();
            await TestData.WriteAsync(connection.Data, 5, Length, connection.Stopping);
            await connection.CloseSendingAsync();
        });
        var (client, connection, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await TestData.WriteAsync(client.Outer, 4, Length, Bound.Token);
        await client.Outer.ShutdownAsync();
        client.Socket.Shutdown(SocketShutdown.Send);

        await gate.Task.WaitAsync(Bound.Prompt, Bound.Token);
        Assert.Equal(hello.Length + Length, connection.Raw.Received);
        Assert.Equal(TestData.Hash(5, Length), await TestData.ReadHashAsync(client.Outer, Length, Bound.Token));
        Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
        Assert.Null(await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_upstream_that_has_sent_all_still_receives_what_the_client_sends()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.HalfCloseAsync);
        var (client, connection, hello) = await relay.ConnectAsync();
        await using var _ = client;
        Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));

        await TestData.WriteAsync(client.Outer, 6, Length, Bound.Token);
        await client.Outer.ShutdownAsync();
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Null(await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token));
        Assert.Equal(hello.Length + Length, connection.Raw.Received);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_end_of_TCP_without_close_notify_is_the_clients_normal_close()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.SinkAsync);
        var (client, connection, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await TestData.WriteAsync(client.Outer, 7, Length, Bound.Token);
        client.Socket.Shutdown(SocketShutdown.Send);
        await Polling.UntilAsync(
            () => connection.Raw.Received == hello.Length + Length, Bound.Prompt, "not all bytes before the end arrived");
        await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_reset_by_the_client_ends_the_upstream_connection_at_once()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync);
        var (client, connection, _) = await relay.ConnectAsync();
        await using var _2 = client;
        client.Reset();
        await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_reset_by_the_upstream_ends_the_clients_connection_at_once()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.ResetAsync);
        var (client, _, _) = await relay.ConnectAsync();
        await using var _2 = client;
        try
        {
            Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token).AsTask().WaitAsync(Bound.Prompt, Bound.Token));
        }
        catch (IOException)
        {
            // A forwarded reset is as good as a close.
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Bytes_that_the_upstream_sent_before_its_end_are_not_lost()
    {
        await using var relay = await RawRelay.StartAsync(async connection =>
        {
            _ = await connection.Data.ReadAsync(new byte[64 * 1024], connection.Stopping);
            await TestData.WriteAsync(connection.Data, 8, Length, connection.Stopping);
        });
        var (client, _, _) = await relay.ConnectAsync();
        await using var _2 = client;
        Assert.Equal(TestData.Hash(8, Length), await TestData.ReadHashAsync(client.Outer, Length, Bound.Token));
        Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_broken_connection_does_not_affect_others()
    {
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync);
        var (steady, _, hello) = await relay.ConnectAsync();
        await using var _ = steady;
        await steady.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);
        for (var i = 0; i < 50; i++)
        {
            var (broken, _, _) = await relay.ConnectAsync();
            await using var _2 = broken;
            broken.Reset();
            await Echo.RoundTripAsync(steady.Outer, i, 1000);
        }
    }
}
