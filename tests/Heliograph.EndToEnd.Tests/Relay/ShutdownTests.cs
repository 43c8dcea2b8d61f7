using System.Diagnostics;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>SIGTERM: no new connections, time for the open ones, exit code 0.</summary>
public class ShutdownTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task SIGTERM_refuses_new_connections_and_lets_an_open_one_finish()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "drain_timeout: 25s");
        var (client, _, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await client.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);

        relay.Proxy.Program.Signal(Processes.SIGTERM);
        await RefusesAsync(relay.Proxy);
        await Echo.RoundTripAsync(client.Outer, 1, 1_000_000);
        Assert.False(relay.Proxy.Program.HasExited, "the program did not wait for the open connection");

        var clock = Stopwatch.StartNew();
        await client.DisposeAsync();
        Assert.Equal(0, await relay.Proxy.Program.WaitForExitAsync(Bound.Prompt));
        Assert.True(clock.Elapsed < Bound.Prompt, "the program kept waiting after the last connection");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task SIGTERM_without_connections_ends_the_program_at_once()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(Bound.Prompt));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_second_signal_ends_the_program_at_once()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "drain_timeout: 25s");
        var (client, _, _) = await relay.ConnectAsync();
        await using var _ = client;
        relay.Proxy.Program.Signal(Processes.SIGTERM);
        await RefusesAsync(relay.Proxy);
        relay.Proxy.Program.Signal(Processes.SIGTERM);
        await relay.Proxy.Program.WaitForExitAsync(Bound.Prompt);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Connections_that_outlast_the_drain_timeout_are_closed()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "drain_timeout: 1s");
        var (client, connection, hello) = await relay.ConnectAsync();
        await using var _ = client;
        await client.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);
        relay.Proxy.Program.Signal(Processes.SIGINT);
        Assert.Equal(0, await relay.Proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(1) + Bound.Prompt));
        await connection.Ended.WaitAsync(Bound.Prompt, Bound.Token);
    }

    private static Task RefusesAsync(Proxy proxy) => Polling.UntilAsync(
        async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(proxy.Endpoint, Bound.Token);
                return false;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return true;
            }
        },
        Bound.Prompt,
        "the program still accepts connections");
}
