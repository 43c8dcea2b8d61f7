using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Tests.ProxyProtocol;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Connections for other web servers behind the same port.</summary>
public sealed class PassthroughTests : IDisposable
{
    private const string Other = "www.other.example";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public PassthroughTests() => certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    /// <summary>Options with other sites, for tests that combine them with other options.</summary>
    internal static RelayOptions With(RelayOptions options, params (string Name, IPEndPoint To, bool SendsProxyHeader)[] sites) =>
        options with
        {
            Passthrough = PassthroughTable.Create(
                ["proxy.example"],
                sites.ToDictionary(
                    static site => site.Name,
                    static site => new PassthroughSite(new UpstreamEndpoint.Tcp("127.0.0.1", site.To.Port), site.SendsProxyHeader),
                    StringComparer.Ordinal)),
        };

    [Fact]
    public async Task The_other_server_gets_the_bytes_unchanged_and_so_does_the_client()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.SinkAsync);
        await using var relay = Start((Other, site.Endpoint, false));
        var hello = await InnerHello.ForAsync(Other);
        using var client = await SendAsync(relay, [.. hello, 1, 2, 3]);
        client.Shutdown(SocketShutdown.Send);

        var hash = await ReadToEndAsync(client);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData([.. hello, 1, 2, 3]), hash);
        await AssertOnlyAsync(relay, ConnectionOutcome.PassedThrough);
    }

    [Fact]
    public async Task A_validation_of_the_other_name_goes_through_untouched()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start((Other, site.Endpoint, false));
        var ours = authority.Issue(TestKey.Ecdsa, "proxy.example");
        relay.Options.Validations.Begin("proxy.example", ServerCertificate.FromPem(ours.ChainPem, ours.KeyPem));
        var hello = await InnerHello.ForAsync(Other, new SslApplicationProtocol("acme-tls/1"));
        using var validator = await SendAsync(relay, hello);
        validator.Shutdown(SocketShutdown.Send);

        Assert.Contains("acme-tls/1", Encoding.Latin1.GetString(hello), StringComparison.Ordinal);
        Assert.Equal(hello, await ReadToEndAsync(validator));
    }

    [Fact]
    public async Task A_site_that_asks_for_it_first_gets_the_clients_address()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start((Other, site.Endpoint, true));
        var hello = await InnerHello.ForAsync(Other);
        using var client = await SendAsync(relay, hello);
        client.Shutdown(SocketShutdown.Send);
        var own = (IPEndPoint)client.LocalEndPoint!;
        var there = relay.EndPoint;

        byte[] addresses =
        [
            .. own.Address.GetAddressBytes(),
            .. there.Address.GetAddressBytes(),
            (byte)(own.Port >> 8),
            (byte)own.Port,
            (byte)(there.Port >> 8),
            (byte)there.Port,
        ];
        var received = await ReadToEndAsync(client);
        Assert.Equal([.. HeaderBytes.V2(0x21, 0x11, addresses), .. hello], received);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_site_gets_the_address_from_the_proxys_header()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(
            certificate,
            change: options => With(options, (Other, site.Endpoint, true)) with { TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] });
        var hello = await InnerHello.ForAsync(Other);
        using var client = await SendAsync(relay, [.. HeaderBytes.Line("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443"), .. hello]);
        client.Shutdown(SocketShutdown.Send);

        var received = await ReadToEndAsync(client);
        Assert.Equal([.. HeaderBytes.V2(0x21, 0x21, HeaderBytes.Ipv6), .. hello], received);
    }

    [Fact]
    public async Task Visitors_of_a_site_that_is_down_are_closed_and_it_is_logged_once()
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        var log = new RecordingLog();
        await using var relay = TestRelay.Start(certificate, logger: log, change: options => With(options, (Other, nobody, false)));
        for (var i = 0; i < 3; i++)
        {
            using var client = await SendAsync(relay, await InnerHello.ForAsync(Other));
            Assert.Empty(await ReadToEndAsync(client));
        }

        await relay.Server.DrainAsync(Bound);
        Assert.Equal(3, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.PassthroughDown]);
        Assert.Single(log.Lines, line => line == $"{nobody} cannot be dialled (passthrough): the connections for it are closed");
    }

    [Fact]
    public async Task A_default_site_gets_hellos_without_a_name_and_other_protocols_but_not_our_name()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(("default", site.Endpoint, false));
        foreach (
            var bytes in (byte[][])
                [
                    await InnerHello.ForAsync("some.example"),
                    await InnerHello.ForAsync("192.0.2.1"),
                    "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
                    [0x16, 3, 1, 0],
                ])
        {
            using var client = await SendAsync(relay, bytes);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(bytes, await ReadToEndAsync(client));
        }

        await using (var own = await TlsInTlsClient.ConnectOuterAsync(new() { Proxy = relay.EndPoint, Authority = authority }, Stop))
            Assert.True(own.Outer.IsAuthenticated);
        await relay.Server.DrainAsync(Bound);
        Assert.Equal(4, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.PassedThrough]);
    }

    [Fact]
    public async Task A_reset_by_the_other_server_is_passed_on_as_a_reset()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.ResetAsync);
        await using var relay = Start((Other, site.Endpoint, false));
        using var client = await SendAsync(relay, await InnerHello.ForAsync(Other));

        var broken = await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], Stop));
        Assert.Equal(SocketError.ConnectionReset, broken.SocketErrorCode);
    }

    private static async Task AssertOnlyAsync(TestRelay relay, ConnectionOutcome outcome)
    {
        await relay.Server.DrainAsync(Bound);
        Assert.Equal(
            [(outcome, 1L)],
            relay.Server.GetStatistics().Outcomes.Where(static one => one.Value > 0).Select(static one => (one.Key, one.Value)));
    }

    private static async Task<Socket> SendAsync(TestRelay relay, byte[] bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(relay.EndPoint, Stop);
        await socket.SendAsync(bytes, Stop);
        return socket;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Stop) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    private TestRelay Start(params (string Name, IPEndPoint To, bool SendsProxyHeader)[] sites) =>
        TestRelay.Start(certificate, change: options => With(options, sites));
}
