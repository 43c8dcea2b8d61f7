using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Relay.Tests.Upstream;

public sealed class DialerTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly EventLoop loop = new("test", TimeProvider.System, static _ => { });
    private readonly ServerCounters counters = new();
    private readonly List<Socket> sockets = [];

    public DialerTests()
    {
        loop.Start();
    }

    public void Dispose()
    {
        loop.Dispose();
        sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task The_next_address_is_tried_at_once_when_one_refuses()
    {
        var port = Listen("127.0.0.2");

        var (connected, took) = await DialAsync(port, "127.0.0.1", "127.0.0.2");

        Assert.True(connected);
        Assert.True(took < ConnectRace.AttemptDelay, $"it took {took.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task The_next_address_is_tried_after_the_attempt_delay_when_one_is_silent()
    {
        var port = ListenAndKeepSilent("127.0.0.1");
        sockets.Add(Listening("127.0.0.2", port));

        var (connected, took) = await DialAsync(port, "127.0.0.1", "127.0.0.2");

        Assert.True(connected);
        Assert.True(took >= ConnectRace.AttemptDelay, $"it took {took.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task When_every_address_refuses_the_answer_comes_at_once()
    {
        sockets.Add(LoopbackPort.Refusing(out var nobody));

        var (connected, _) = await DialAsync(nobody.Port, "127.0.0.1", "127.0.0.1");

        Assert.False(connected);
    }

    [Fact]
    public async Task When_every_address_is_silent_the_connect_timeout_ends_it()
    {
        var port = ListenAndKeepSilent("127.0.0.1");

        var (connected, took) = await DialAsync(port, TimeSpan.FromMilliseconds(400), publicOnly: false, "127.0.0.1");

        Assert.False(connected);
        Assert.True(took >= TimeSpan.FromMilliseconds(400), $"it took {took.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task An_address_of_this_machine_is_not_dialled_for_a_built_in_route()
    {
        var port = Listen("127.0.0.1");

        Assert.True((await DialAsync(port, Bound, publicOnly: false, "127.0.0.1")).Connected);
        Assert.False((await DialAsync(port, Bound, publicOnly: true, "127.0.0.1", "::ffff:127.0.0.1")).Connected);
    }

    [Fact]
    public async Task Dials_are_counted_for_their_endpoint_with_their_time_and_failures_by_reason()
    {
        var port = Listen("127.0.0.1");
        var silent = ListenAndKeepSilent("127.0.0.1");
        sockets.Add(LoopbackPort.Refusing(out var nobody));

        await DialAsync(port, Bound, publicOnly: true, "127.0.0.1");
        await DialAsync(port, Bound, publicOnly: false);
        Assert.Equal(2, Counted(port).FailuresInARow);
        await DialAsync(port, "127.0.0.1");
        // If one address is unreachable, the failure of the other one counts.
        await DialAsync(nobody.Port, "127.0.0.1", "255.255.255.255");
        await DialAsync(silent, TimeSpan.FromMilliseconds(400), publicOnly: false, "127.0.0.1");

        Assert.Equal([(DialFailure.NotResolved, 1L), (DialFailure.NotPublic, 1L)], Reasons(port));
        Assert.Equal(0, Counted(port).FailuresInARow);
        Assert.Equal(1, Counted(port).DialTimes.Count);
        Assert.Equal([(DialFailure.Refused, 1L)], Reasons(nobody.Port));
        Assert.Equal([(DialFailure.TimedOut, 1L)], Reasons(silent));
        Assert.Equal(0, Counted(silent).DialTimes.Count);

        UpstreamStatistics Counted(int port) => counters.GetUpstream(new UpstreamEndpoint.Tcp("chat.signal.org", port)).Read("");
        IEnumerable<(DialFailure Reason, long Count)> Reasons(int port) =>
            Counted(port)
                .Failures.Where(static one => one.Value > 0)
                .OrderBy(static one => one.Key)
                .Select(static one => (one.Key, one.Value));
    }

    [Fact]
    public void Families_alternate_and_IPv6_is_first()
    {
        IPAddress[] addresses = [.. new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2" }.Select(IPAddress.Parse)];

        Assert.Equal(
            ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"],
            ConnectRace.Interleave(addresses).Select(static address => address.ToString()));
    }

    private Task<(bool Connected, TimeSpan Took)> DialAsync(int port, params string[] addresses) =>
        DialAsync(port, Bound, publicOnly: false, addresses);

    private async Task<(bool Connected, TimeSpan Took)> DialAsync(int port, TimeSpan timeout, bool publicOnly, params string[] addresses)
    {
        using var names = new NameCache(
            (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]), TimeProvider.System);
        var done = new TaskCompletionSource<(bool Connected, TimeSpan Took)>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => _ = RunAsync());
        return await done.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        async Task RunAsync()
        {
            var dialer = new Dialer(
                loop, names, counters, new UpstreamAlarm(NullLogger.Instance),
                TestOptions.Create() with { Limits = new() { ConnectTimeout = timeout } });
            // By the clock of the loop's deadlines, which is read once a round: by another one a wait seems to be up to a millisecond
            // shorter.
            var began = loop.Now;
            using var socket = await dialer.DialAsync(new UpstreamEndpoint.Tcp("chat.signal.org", port), publicOnly);
            done.SetResult((socket is not null, TimeSpan.FromMilliseconds(loop.Now - began)));
        }
    }

    private int Listen(string address)
    {
        var socket = Listening(address, 0);
        sockets.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A full accept queue: the kernel drops every further SYN.</summary>
    private int ListenAndKeepSilent(string address)
    {
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(listening);
        listening.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        listening.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            sockets.Add(waiting);
            try
            {
                waiting.Connect(listening.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
            }
        }
        return ((IPEndPoint)listening.LocalEndPoint!).Port;
    }

    private static Socket Listening(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        socket.Listen();
        return socket;
    }
}
