using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>A full proxy keeps working.</summary>
public class CapacityTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task Beyond_max_connections_clients_are_refused_until_one_leaves()
    {
        Proxy.NeedsHeliograph();
        await using var relay = await RawRelay.StartAsync(StandInBehaviour.EchoAsync, "max_connections: 3");
        var open = new List<TlsInTlsClient>();
        for (var i = 0; i < 3; i++)
            open.Add((await relay.ConnectAsync()).Client);

        for (var i = 0; i < 5; i++)
            Assert.False(await IsServedAsync(relay.Proxy), "a fourth connection was served");
        await relay.Proxy.Program.WaitForLineAsync(
            line => line.Contains("max_connections", StringComparison.Ordinal) && line.Contains('3'), Bound.Prompt);

        await open[0].DisposeAsync();
        await Polling.UntilAsync(() => IsServedAsync(relay.Proxy), Bound.Prompt, "no new client is served after one has left");
        foreach (var client in open)
            await client.DisposeAsync();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Accepting_survives_running_out_of_file_descriptors()
    {
        Proxy.NeedsHeliograph();
        int atRest;
        await using (var probe = await Proxy.StartAsync(new ProxySettings()))
            atRest = Processes.OpenFiles(probe.Program.Id);
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Routes = ProxySettings.Route("storage.signal.org", upstream.Endpoint),
            Limits = "max_connections: 10000",
            Wrapper = ["prlimit", $"--nofile={Math.Max(atRest + 30, ResourceLimits.LeastDescriptors)}"],
        });
        await using var steady = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("storage.signal.org"), Bound.Token);
        var hello = await InnerHello.ForAsync("storage.signal.org");
        await steady.Outer.WriteAsync(hello, Bound.Token);
        await steady.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);

        var crowd = new List<Socket>();
        for (var i = 0; i < 100; i++)
        {
            crowd.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await crowd[^1].ConnectAsync(proxy.Endpoint, Bound.Token);
        }
        await proxy.Program.WaitForLineAsync(line => line.Contains("accepting paused", StringComparison.Ordinal), Bound.Prompt);
        await Echo.RoundTripAsync(steady.Outer, 1, 100_000);
        var cpu = Processes.CpuTime(proxy.Program.Id);
        // Not a wait for anything: processor time is measured during this delay.
        await Task.Delay(TimeSpan.FromSeconds(1), Bound.Token);
        var burnt = Processes.CpuTime(proxy.Program.Id) - cpu;
        Assert.True(burnt < TimeSpan.FromMilliseconds(500), $"waiting for descriptors costs {burnt} of processor time in a second");

        foreach (var socket in crowd)
            socket.Dispose();
        await Polling.UntilAsync(
            () => IsServedAsync(proxy), TimeSpan.FromSeconds(10), "no new client is served after the others have left");
        await Echo.RoundTripAsync(steady.Outer, 2, 100_000);
    }

    private static async Task<bool> IsServedAsync(Proxy proxy)
    {
        try
        {
            await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("unused.example"), Bound.Token);
            return true;
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
