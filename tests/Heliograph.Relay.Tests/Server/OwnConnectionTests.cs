using System.Security.Cryptography;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>The relay's connections to itself: they are no traffic, limits apply to them, and nobody else can make one of his so.</summary>
public sealed class OwnConnectionTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public OwnConnectionTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example", "chat.signal.org");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task They_are_in_no_sum_but_that_of_the_bytes_that_are_paid_for()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using (var own = await TlsInTlsClient.ConnectAsync(Announced(relay), Stop))
        {
            await own.Inner.WriteAsync(new byte[1000], Stop);
            await own.Inner.ReadExactlyAsync(new byte[1000], Stop);
            AssertNoTraffic(relay.Server.GetStatistics());
            Assert.Equal(1, relay.Server.Connections);
        }
        await relay.Server.DrainAsync(Bound);

        var statistics = relay.Server.GetStatistics();
        AssertNoTraffic(statistics);
        Assert.InRange(statistics.OwnBytesRelayed, 2000, 20_000);
        // Whether a host can be reached does not depend on who asks.
        Assert.Equal(1, Assert.Single(statistics.Upstreams).DialTimes.Count);
    }

    [Fact]
    public async Task A_visit_of_the_web_site_is_in_no_sum_either()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(
            certificate, decoy: new Heliograph.Relay.Upstream.UpstreamEndpoint.Tcp("127.0.0.1", site.Endpoint.Port));
        await using (var own = await TlsInTlsClient.ConnectOuterAsync(Announced(relay), Stop))
        {
            await own.Outer.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);
            await own.Outer.ReadExactlyAsync(new byte[18], Stop);
        }
        await relay.Server.DrainAsync(Bound);

        var statistics = relay.Server.GetStatistics();
        AssertNoTraffic(statistics);
        Assert.Equal(0, statistics.OwnBytesRelayed);
        Assert.Equal(18, statistics.OwnBytesVisited);
    }

    [Fact]
    public async Task A_look_from_this_machine_that_brings_no_byte_is_in_no_sum()
    {
        await using var relay = TestRelay.Start(certificate);
        using (await relay.ConnectAsync())
            await relay.HasAsync(1);
        await relay.Server.DrainAsync(Bound);

        AssertNoTraffic(relay.Server.GetStatistics());
    }

    [Fact]
    public async Task One_that_brings_a_byte_and_leaves_is_counted()
    {
        await using var relay = TestRelay.Start(certificate);
        using (var client = await relay.ConnectAsync())
            await client.SendAsync(new byte[] { 22 }, Stop);
        await relay.Server.DrainAsync(Bound);

        Assert.Equal(1, relay.Server.GetStatistics().Accepted);
    }

    [Fact]
    public async Task A_client_beside_them_is_counted_as_ever()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using var own = await TlsInTlsClient.ConnectAsync(Announced(relay), Stop);
        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay), Stop);

        var statistics = relay.Server.GetStatistics();
        Assert.Equal(
            (1, 1, 1L, 1L, 1),
            (statistics.Connections, statistics.Relaying, statistics.Relayed, statistics.Accepted, statistics.MostConnections));
        Assert.Equal((1L, 1), (Assert.Single(statistics.Routes).Connections, Assert.Single(statistics.Routes).Open));
    }

    [Fact]
    public async Task Whoever_sends_the_same_hello_again_is_counted()
    {
        await using var relay = TestRelay.Start(certificate);
        var hello = Array.Empty<byte>();
        var options = Announced(relay);
        await using (await TlsInTlsClient.ConnectOuterAsync(
            options with
            {
                OnHello = bytes =>
                {
                    options.OnHello!(bytes);
                    hello = bytes.ToArray();
                },
            },
            Stop))
        {
        }
        using (var again = await relay.ConnectAsync())
        {
            await again.SendAsync(hello, Stop);
            Assert.True(await again.ReceiveAsync(new byte[1], Stop) > 0);
        }
        await relay.Server.DrainAsync(Bound);

        Assert.Equal(1, relay.Server.GetStatistics().Accepted);
    }

    [Fact]
    public async Task The_limits_hold_for_them()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint, maxConnections: 1);
        await using var own = await TlsInTlsClient.ConnectAsync(Announced(relay), Stop);
        using var refused = await relay.ConnectAsync();
        Assert.Equal(0, await refused.ReceiveAsync(new byte[1], Stop));

        relay.Server.UseBudget(slowTo: 0, spent: true);
        Assert.Equal(0, await ReadToEndAsync(own));
    }

    [Fact]
    public void An_announcement_is_for_one_connection_and_for_a_minute()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var own = new OwnFlights(time);
        Assert.False(own.Take("first"u8, out _));
        own.Announce(SHA256.HashData("first"u8));
        Assert.False(own.Take("other"u8, out _));
        Assert.True(own.Take("first"u8, out _));
        Assert.False(own.Take("first"u8, out _));

        own.Announce(SHA256.HashData("late"u8));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(own.Take("late"u8, out _));
    }

    [Fact]
    public void There_are_never_more_than_256_announcements()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var own = new OwnFlights(time);
        for (var i = 0; i < 257; i++)
            own.Announce(SHA256.HashData(BitConverter.GetBytes(i)));
        Assert.True(own.Take(BitConverter.GetBytes(255), out _));
        Assert.False(own.Take(BitConverter.GetBytes(256), out _));

        time.Advance(TimeSpan.FromSeconds(61));
        own.Announce(SHA256.HashData(BitConverter.GetBytes(256)));
        Assert.True(own.Take(BitConverter.GetBytes(256), out _));
    }

    /// <summary>0: the connection has ended, in order or not.</summary>
    private static async Task<int> ReadToEndAsync(TlsInTlsClient client)
    {
        try
        {
            return await client.Inner.ReadAsync(new byte[1], Stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void AssertNoTraffic(RelayStatistics statistics)
    {
        Assert.Equal(
            (0, 0, 0L, 0L, 0),
            (statistics.Connections, statistics.Relaying, statistics.Relayed, statistics.Accepted, statistics.MostConnections));
        Assert.Equal((0L, 0L, 0L), (statistics.BytesUp, statistics.BytesDown, statistics.BytesVisited));
        Assert.Equal(0, statistics.Outcomes.Values.Sum());
        Assert.Equal((0L, 0), (Assert.Single(statistics.Routes).Connections, Assert.Single(statistics.Routes).Open));
    }

    private TlsInTlsOptions Client(TestRelay relay) =>
        new() { Proxy = relay.EndPoint, Authority = authority, InnerName = "chat.signal.org" };

    private TlsInTlsOptions Announced(TestRelay relay) =>
        Client(relay) with { OnHello = hello => relay.Server.AnnounceOwn(SHA256.HashData(hello.Span)) };
}
