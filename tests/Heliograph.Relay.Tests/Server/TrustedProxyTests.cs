using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Tests.ProxyProtocol;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Behind a balancer that sends PROXY protocol headers.</summary>
public sealed class TrustedProxyTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8")];

    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_client_behind_a_trusted_proxy_is_relayed_whatever_kind_of_header_comes_first()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(Loopback, signal.Endpoint);
        foreach (var header in HeaderBytes.Valid)
            await EchoAsync(new() { Proxy = relay.EndPoint, Authority = authority, Preamble = header });

        await relay.Server.DrainAsync(Bound);
        Assert.Equal(HeaderBytes.Valid.Count, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.Relayed]);
    }

    [Fact]
    public async Task A_header_and_the_hello_after_it_may_come_byte_by_byte()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(Loopback, signal.Endpoint);
        foreach (var header in (byte[][])[HeaderBytes.Valid[0], HeaderBytes.WithChecksum(0x21, 0x21, HeaderBytes.Ipv6)])
            await EchoAsync(
                new()
                {
                    Proxy = relay.EndPoint,
                    Authority = authority,
                    Preamble = header,
                    SegmentBytes = 1,
                    SplitLimit = header.Length + 700,
                });
    }

    [Fact]
    public async Task A_header_and_the_hello_after_it_may_come_in_one_segment()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(
            Loopback, change: options => PassthroughTests.With(options, ("www.other.example", site.Endpoint, false)));
        var hello = await InnerHello.ForAsync("www.other.example");
        using var client = await ConnectAsync(relay);
        await client.SendAsync((byte[])[.. HeaderBytes.Valid[0], .. hello], Stop);

        Assert.Equal(hello, await ReadAsync(client, hello.Length));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", ConnectionOutcome.ProxyHeaderMissing)]
    [InlineData("PROXY TCP4 192.0.2.1\r\n", ConnectionOutcome.ProxyHeaderMalformed)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u0020\u0000", ConnectionOutcome.ProxyHeaderTooLong)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u0000\u0013abcdefghijkl\u0003\u0000\u0004abcd", ConnectionOutcome.ProxyHeaderChecksum)]
    public async Task What_is_not_a_header_is_closed_silently_and_counted_by_its_reason(string bytes, ConnectionOutcome outcome)
    {
        await using var relay = Start(Loopback);
        using var client = await ConnectAsync(relay);
        await client.SendAsync(Encoding.Latin1.GetBytes(bytes), Stop);

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Stop));
        await AssertOnlyAsync(relay, outcome);
    }

    [Fact]
    public async Task A_hello_without_a_header_is_closed()
    {
        await using var relay = Start(Loopback);
        using var client = await ConnectAsync(relay);
        await client.SendAsync(await InnerHello.ForAsync("proxy.example"), Stop);

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Stop));
        await AssertOnlyAsync(relay, ConnectionOutcome.ProxyHeaderMissing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 192.0.")]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0020\u0000\u0000\u0000")]
    public async Task A_balancers_health_check_that_closes_at_once_is_neither_an_error_nor_traffic(string bytes)
    {
        await using var relay = Start(Loopback);
        using (var check = await ConnectAsync(relay))
        {
            await check.SendAsync(Encoding.Latin1.GetBytes(bytes), Stop);
            check.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await check.ReceiveAsync(new byte[1], Stop));
        }

        await relay.Server.DrainAsync(Bound);
        var statistics = relay.Server.GetStatistics();
        Assert.Equal((0L, 0), (statistics.Accepted, statistics.MostConnections));
        Assert.Equal(0, statistics.Outcomes.Values.Sum());
    }

    [Fact]
    public async Task A_client_behind_a_balancer_that_leaves_without_a_word_is_counted()
    {
        await using var relay = Start(Loopback);
        using (var client = await ConnectAsync(relay))
        {
            await client.SendAsync(HeaderBytes.V2(0x21, 0x11, HeaderBytes.Ipv4), Stop);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await client.ReceiveAsync(new byte[1], Stop));
        }

        await AssertOnlyAsync(relay, ConnectionOutcome.Left);
    }

    [Fact]
    public async Task A_header_that_does_not_come_is_waited_for_no_longer_than_its_limit()
    {
        await using var relay = Start(
            Loopback, change: options => options with { Limits = new() { HandshakeTimeout = TimeSpan.FromMilliseconds(200) } });
        using var client = await ConnectAsync(relay);
        await client.SendAsync("PROXY TCP4 "u8.ToArray(), Stop);

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Stop));
        await AssertOnlyAsync(relay, ConnectionOutcome.TimedOut);
    }

    [Fact]
    public void The_wait_for_a_header_ends_within_the_handshake_timeout()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), new RelayLimits().ProxyHeaderTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), new RelayLimits { HandshakeTimeout = TimeSpan.FromSeconds(5) }.ProxyHeaderTimeout);
    }

    [Fact]
    public async Task A_header_from_a_stranger_is_answered_as_garbage()
    {
        await using var decoy = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(
            [IPNetwork.Parse("192.0.2.0/24")],
            change: options =>
                options with
                {
                    Decoy = options.Decoy with { PlainHttp = new UpstreamEndpoint.Tcp("127.0.0.1", decoy.Endpoint.Port) },
                });
        foreach (var header in (byte[][])[HeaderBytes.Valid[0], HeaderBytes.V2(0x21, 0x11, HeaderBytes.Ipv4)])
        {
            using var client = await ConnectAsync(relay);
            await client.SendAsync(header, Stop);
            Assert.Equal(header, await ReadAsync(client, header.Length));
        }

        await relay.Server.DrainAsync(Bound);
        Assert.Equal(2, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.PlainHttp]);
    }

    private static async Task AssertOnlyAsync(TestRelay relay, ConnectionOutcome outcome)
    {
        await relay.Server.DrainAsync(Bound);
        Assert.Equal(
            [(outcome, 1L)],
            relay.Server.GetStatistics().Outcomes.Where(static one => one.Value > 0).Select(static one => (one.Key, one.Value)));
    }

    private static async Task EchoAsync(TlsInTlsOptions options)
    {
        var hello = await InnerHello.ForAsync("chat.signal.org");
        await using var client = await TlsInTlsClient.ConnectOuterAsync(options, Stop);
        await client.Outer.WriteAsync(hello, Stop);
        var echoed = new byte[hello.Length];
        await client.Outer.ReadExactlyAsync(echoed, Stop);
        Assert.Equal(hello, echoed);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(bytes, Stop);
        return bytes;
    }

    private static async Task<Socket> ConnectAsync(TestRelay relay)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(relay.EndPoint, Stop);
        return socket;
    }

    private TestRelay Start(IReadOnlyList<IPNetwork> trusted, EndPoint? chat = null, Func<RelayOptions, RelayOptions>? change = null) =>
        TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"),
            chat,
            change: options => (change ?? (static same => same))(options with { TrustedProxies = trusted }));
}
