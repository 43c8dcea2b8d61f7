using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Each limit: reached, refused as nginx refuses, counted, and released.</summary>
public sealed class LimitTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public LimitTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_source_at_its_limit_is_refused_others_are_not_and_it_is_served_again_when_one_has_left()
    {
        await using var relay = TestRelay.Start(certificate, limits: new() { ConnectionsPerSource = 2 });
        using var one = await ConnectAsync(relay.EndPoint);
        using var two = await ConnectAsync(relay.EndPoint);
        // There are two loops, so which of the three came first is known only by their answers.
        Assert.True(await AnswerAsync(one));
        Assert.True(await AnswerAsync(two));

        using (var three = await ConnectAsync(relay.EndPoint))
            Assert.Equal(0, await three.ReceiveAsync(new byte[1], Stop));
        using (var neighbour = await ConnectAsync(relay.EndPoint, "127.0.0.2"))
            Assert.True(await AnswerAsync(neighbour));
        await relay.HasCountedAsync(1, ConnectionOutcome.RefusedSource);

        one.Dispose();
        await relay.HasAsync(1);
        using var four = await ConnectAsync(relay.EndPoint);
        Assert.True(await AnswerAsync(four));
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_source_in_the_header_counts_and_the_proxys_own_does_not()
    {
        await using var relay = TestRelay.Start(
            certificate,
            limits: new() { ConnectionsPerSource = 1 },
            change: static options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        using var first = await ProxiedAsync("TCP4 192.0.2.1 192.0.2.9 1000 443");
        Assert.True(await AnswerAsync(first));
        using var again = await ProxiedAsync("TCP4 192.0.2.1 192.0.2.9 1001 443");
        Assert.False(await AnswerAsync(again));
        using var other = await ProxiedAsync("TCP6 2001:db8::1 2001:db8::9 1000 443");
        Assert.True(await AnswerAsync(other));
        using var neighbour = await ProxiedAsync("TCP6 2001:db8::2 2001:db8::9 1000 443");
        Assert.False(await AnswerAsync(neighbour));
        for (var i = 0; i < 3; i++)
        {
            using var own = await ProxiedAsync("UNKNOWN");
            Assert.True(await AnswerAsync(own));
        }
        await relay.HasCountedAsync(2, ConnectionOutcome.RefusedSource);

        async Task<Socket> ProxiedAsync(string header)
        {
            var socket = await ConnectAsync(relay.EndPoint);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"PROXY {header}\r\n"), Stop);
            return socket;
        }
    }

    [Fact]
    public async Task Of_a_crowd_one_is_served_at_once_five_wait_and_the_rest_is_refused()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var relay = TestRelay.Start(certificate, limits: new() { HandshakesPerSecond = 1 }, timeProvider: time);
        var crowd = new List<Socket>();
        for (var i = 0; i < 12; i++)
            crowd.Add(await ConnectAsync(relay.EndPoint));
        var answers = crowd.Select(static socket => AnswerAsync(socket)).ToList();

        await EventuallyAsync(() => answers.Count(static answer => answer.IsCompleted) == 7);
        await relay.HasCountedAsync(6, ConnectionOutcome.RefusedHandshake);
        time.Advance(TimeSpan.FromSeconds(5));
        var all = await Task.WhenAll(answers);
        Assert.Equal(6, all.Count(static answered => answered));
        crowd.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task A_client_that_waits_for_its_slot_does_not_delay_the_end_of_the_server()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var relay = TestRelay.Start(certificate, limits: new() { HandshakesPerSecond = 1 }, timeProvider: time);
        using var first = await ConnectAsync(relay.EndPoint);
        Assert.True(await AnswerAsync(first));
        using var waits = await ConnectAsync(relay.EndPoint);
        var answer = AnswerAsync(waits);
        await EventuallyAsync(() => relay.Server.Connections == 2);

        // The clock stands still, so its slot never comes.
        Assert.Equal(2, await relay.Server.DrainAsync(TimeSpan.Zero));
        Assert.False(await answer);
    }

    [Fact]
    [Trait("Needs", "server")]
    public async Task A_refusal_is_on_the_wire_what_limit_conn_of_nginx_is()
    {
        await using var nginx = await NginxWithLimit.StartAsync(certificate, connections: 1);
        await using var source = TestRelay.Start(certificate, limits: new() { ConnectionsPerSource = 1 });
        await using var full = TestRelay.Start(certificate, maxConnections: 1);
        foreach (var endpoint in new[] { nginx.EndPoint, source.EndPoint, full.EndPoint })
        {
            using var first = await ConnectAsync(endpoint);
            Assert.True(await AnswerAsync(first));
            Assert.Equal("0 bytes, then FIN", await SilentAsync(endpoint));
            Assert.Equal("0 bytes, then RST", await TalkativeAsync(endpoint));
        }
    }

    [Fact]
    [Trait("Needs", "server")]
    public async Task A_refused_handshake_ends_on_the_wire_as_limit_conn_of_nginx_ends_it()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var nginx = await NginxWithLimit.StartAsync(certificate, connections: 1);
        await using var relay = TestRelay.Start(certificate, limits: new() { HandshakesPerSecond = 1 }, timeProvider: time);
        using var held = await ConnectAsync(nginx.EndPoint);
        Assert.True(await AnswerAsync(held));
        for (var i = 0; i < 20; i++)
            relay.Server.Admission.Handshakes.TryReserveSlot(out _);

        Assert.Equal("0 bytes, then RST", await TalkativeAsync(nginx.EndPoint));
        Assert.Equal("0 bytes, then RST", await TalkativeAsync(relay.EndPoint));
        await relay.HasCountedAsync(1, ConnectionOutcome.RefusedHandshake);
    }

    [Fact]
    public async Task Bytes_of_all_connections_together_keep_to_the_rate()
    {
        const int Rate = 1_000_000;
        const int Each = 500_000;
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.Source(3, Each));
        await using var relay = TestRelay.Start(certificate, signal.Endpoint, limits: new() { BytesPerSecond = Rate });

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var client = await RelayedAsync(relay);
            Assert.Equal(TestData.Hash(3, Each), await TestData.ReadHashAsync(client.Outer, Each, Stop));
        }));

        // A tenth of a second may come at once. A loaded machine is slower, and never faster.
        Assert.True(
            clock.Elapsed > TimeSpan.FromSeconds(((4.0 * Each) - (Rate / 10)) / Rate * 0.95), $"2 MB at 1 MB/s took {clock.Elapsed}");
    }

    [Fact]
    public async Task A_connection_that_waits_for_its_share_is_not_idle()
    {
        const int Each = 20_000;
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.Source(4, Each));
        await using var relay = TestRelay.Start(
            certificate,
            signal.Endpoint,
            limits: new() { BytesPerSecond = 10_000, IdleTimeout = TimeSpan.FromSeconds(1) },
            timeProvider: time);
        var clients = new List<TlsInTlsClient>();
        for (var i = 0; i < 6; i++)
        {
            clients.Add(await RelayedAsync(relay));
            var connection = await signal.NextAsync(Bound);
            await EventuallyAsync(() => connection.Raw.Sent == Each);
        }
        var read = Task.WhenAll(clients.Select(static client => TestData.ReadHashAsync(client.Outer, Each, Stop)));

        // A share is 4 KB: each of the six gets one every 2.4 s.
        var clock = TimeSpan.Zero;
        for (var step = TimeSpan.FromMilliseconds(500); !read.IsCompleted; clock += step)
        {
            time.Advance(step);
            await EventuallyAsync(() => relay.Server.Admission.Shaper.Waiting > 0 || read.IsCompleted);
        }
        Assert.All(await read, static hash => Assert.Equal(TestData.Hash(4, Each), hash));
        Assert.True(clock > TimeSpan.FromSeconds(10), $"120 KB at 10 KB/s took {clock}");
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task When_the_budget_is_spent_relays_end_and_the_next_client_is_not_relayed()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using var client = await RelayedAsync(relay);
        Assert.Equal(1, await client.Outer.ReadAsync(new byte[1], Stop));

        relay.Server.UseBudget(0, spent: true);
        await EventuallyAsync(() => relay.Server.Connections == 0);
        Assert.True(relay.Server.GetStatistics().Limits.IsBudgetSpent);
        await using (await RelayedAsync(relay))
            await EventuallyAsync(() => relay.Server.GetStatistics().Outcomes[ConnectionOutcome.DecoyDown] == 1);
        Assert.Equal(1, signal.Accepted);

        relay.Server.UseBudget(0, spent: false);
        await using var again = await RelayedAsync(relay);
        Assert.Equal(1, await again.Outer.ReadAsync(new byte[1], Stop));
    }

    private async Task<TlsInTlsClient> RelayedAsync(TestRelay relay)
    {
        var client = await TlsInTlsClient.ConnectOuterAsync(new() { Proxy = relay.EndPoint, Authority = authority }, Stop);
        await client.Outer.WriteAsync(await InnerHello.ForAsync("chat.signal.org"), Stop);
        return client;
    }

    /// <summary>What a client that sends nothing sees.</summary>
    private static async Task<string> SilentAsync(IPEndPoint endpoint)
    {
        using var socket = await ConnectAsync(endpoint);
        try
        {
            return $"{await socket.ReceiveAsync(new byte[100], Stop)} bytes, then FIN";
        }
        catch (SocketException)
        {
            return "0 bytes, then RST";
        }
    }

    /// <summary>
    /// What a client that sends its hello at once sees: the kernel answers a hello to a closed socket with RST, and a FIN may come before
    /// that.
    /// </summary>
    private static async Task<string> TalkativeAsync(IPEndPoint endpoint)
    {
        using var socket = await ConnectAsync(endpoint);
        var received = 0;
        try
        {
            await socket.SendAsync(await InnerHello.ForAsync("proxy.example"), Stop);
            received = await socket.ReceiveAsync(new byte[100], Stop);
            await EventuallyAsync(() => socket.Poll(0, SelectMode.SelectError));
            await socket.SendAsync(new byte[1], Stop);
            return $"{received} bytes, then FIN";
        }
        catch (SocketException)
        {
            return $"{received} bytes, then RST";
        }
    }

    /// <summary>Sends a ClientHello, and says whether the server answers it.</summary>
    private static async Task<bool> AnswerAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync(await InnerHello.ForAsync("proxy.example"), Stop);
            return await socket.ReceiveAsync(new byte[1], Stop) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(endpoint, Stop);
        return socket;
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!holds())
        {
            bound.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
