using System.Net.Sockets;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>What a running relay reports about itself, with real connections.</summary>
public sealed class StatisticsTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public StatisticsTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example", "chat.signal.org");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_relayed_connection_and_its_bytes_are_seen_while_it_is_open()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay), Stop);
        await client.Inner.WriteAsync(new byte[100_000], Stop);
        await client.Inner.ReadExactlyAsync(new byte[100_000], Stop);

        var open = relay.Server.GetStatistics();
        Assert.Equal((1, 1, 1L, 1L), (open.Connections, open.Relaying, open.Relayed, open.Accepted));
        Assert.Equal(0, open.Outcomes.Values.Sum());
        var route = Assert.Single(open.Routes);
        Assert.Equal(("chat.signal.org", 1L, 1), (route.Name, route.Connections, route.Open));
        var upstream = Assert.Single(open.Upstreams);
        Assert.Equal((route.Endpoint, 1L), (upstream.Endpoint, upstream.DialTimes.Count));
        // The inner TLS adds its own handshake and records.
        Assert.InRange(open.BytesUp, 100_000, 110_000);
        Assert.InRange(open.BytesDown, 100_000, 110_000);

        client.Socket.Dispose();
        await relay.Server.DrainAsync(Bound);
        var ended = relay.Server.GetStatistics();
        Assert.Equal((0, 0, 1L, 1), (ended.Connections, ended.Relaying, ended.Relayed, ended.MostConnections));
        Assert.Equal(1, ended.Outcomes[ConnectionOutcome.Relayed]);
        Assert.Equal(0, Assert.Single(ended.Routes).Open);
    }

    [Fact]
    public async Task The_bytes_are_those_of_the_inner_stream_with_its_hello()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(relay), Stop);
        var hello = await InnerHello.ForAsync("chat.signal.org");
        await client.Outer.WriteAsync(hello, Stop);
        await client.Outer.ReadExactlyAsync(new byte[hello.Length], Stop);
        await client.Outer.WriteAsync(new byte[5000], Stop);
        await client.Outer.ReadExactlyAsync(new byte[5000], Stop);

        var statistics = relay.Server.GetStatistics();
        Assert.Equal((hello.Length + 5000, hello.Length + 5000), (statistics.BytesUp, statistics.BytesDown));
    }

    [Fact]
    public async Task An_upstream_that_is_down_is_counted_and_its_client_does_not_count_for_the_route()
    {
        await using var relay = TestRelay.Start(certificate);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(relay), Stop);
        await client.Outer.WriteAsync(await InnerHello.ForAsync("chat.signal.org"), Stop);
        Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Stop));
        await relay.Server.DrainAsync(Bound);

        var statistics = relay.Server.GetStatistics();
        Assert.Equal((0L, 0L, 0L), (statistics.Relayed, statistics.BytesUp, statistics.BytesDown));
        var upstream = Assert.Single(statistics.Upstreams);
        Assert.True(upstream.FailuresInARow > 0);
        Assert.True(upstream.Failures[DialFailure.Refused] > 0);
        Assert.Equal(DecoyState.Disconnected, statistics.Decoy);
    }

    [Fact]
    public async Task The_refused_count_among_the_accepted_and_the_most_at_a_time_is_kept()
    {
        await using var relay = TestRelay.Start(certificate, maxConnections: 1);
        using (var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await one.ConnectAsync(relay.EndPoint, Stop);
            using var two = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await two.ConnectAsync(relay.EndPoint, Stop);
            Assert.Equal(0, await two.ReceiveAsync(new byte[1], Stop));
            // One from this machine that brings no byte would be our own.
            await one.SendAsync(new byte[] { 22 }, Stop);
        }
        await relay.Server.DrainAsync(Bound);

        var statistics = relay.Server.GetStatistics();
        Assert.Equal((2L, 1, 1, 0), (statistics.Accepted, statistics.MostConnections, statistics.MaxConnections, statistics.Connections));
        Assert.True(statistics.Uptime > TimeSpan.Zero);
    }

    private TlsInTlsOptions Client(TestRelay relay) =>
        new() { Proxy = relay.EndPoint, Authority = authority, InnerName = "chat.signal.org" };
}
