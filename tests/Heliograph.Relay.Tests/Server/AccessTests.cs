using System.Net.Security;
using System.Security.Cryptography;
using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Outer names of which only some lead to Signal's hosts: all others are the web site, whatever is inside.</summary>
public sealed class AccessTests : IDisposable
{
    private const string Live = "app-xk4mq7bw9z.proxy.example";
    private const string Signal = "chat.signal.org";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;
    private readonly AccessGroup family = new(limit: 0);

    public AccessTests() => certificate = authority.Issue(TestKey.Ecdsa, "proxy.example", "*.proxy.example", Signal);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Theory]
    [InlineData(Live)]
    [InlineData("APP-xk4mq7bw9z.Proxy.EXAMPLE")]
    public async Task A_name_of_a_group_is_relayed_and_counts_for_it(string name)
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = Start(signal);
        await using (var client = await TlsInTlsClient.ConnectAsync(Client(relay, name), Stop))
        {
            await client.Inner.WriteAsync(new byte[5000], Stop);
            await client.Inner.ReadExactlyAsync(new byte[5000], Stop);
            Assert.Equal((1, 1L, 0L), (family.Open, family.Relayed, family.Strange));
        }
        await relay.HasCountedAsync(1, ConnectionOutcome.Relayed);

        Assert.Equal(0, family.Open);
        Assert.InRange(family.BytesUp, 5000, 20_000);
        Assert.InRange(family.BytesDown, 5000, 20_000);
    }

    /// <summary>The bare domain, another name under the wildcard, a name elsewhere, no name at all, a name longer by a label.</summary>
    [Theory]
    [InlineData("proxy.example")]
    [InlineData("app-xk4mq7bw9y.proxy.example")]
    [InlineData("other.example")]
    [InlineData("127.0.0.1")]
    [InlineData("www." + Live)]
    public async Task Under_every_other_name_a_hello_for_Signal_gets_the_web_site_and_is_counted_as_a_probe(string name)
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site);
        var hello = await InnerHello.ForAsync(Signal);

        Assert.Equal(hello, await EchoedAsync(relay, name, hello));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyProbe);
        Assert.Equal((0, 0L), (signal.Accepted, family.Strange));
    }

    [Fact]
    public async Task Under_every_other_name_the_web_site_gets_half_a_hello_as_it_comes()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site);
        var hello = await InnerHello.ForAsync(Signal);

        foreach (var part in new[] { 1, 5, 6, hello.Length / 2 })
            Assert.Equal(hello[..part], await EchoedAsync(relay, "proxy.example", hello[..part]));
        await relay.HasCountedAsync(4, ConnectionOutcome.DecoyNoHello);
    }

    [Fact]
    public async Task Under_a_name_of_a_group_half_a_hello_is_waited_for()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site);
        var hello = await InnerHello.ForAsync(Signal);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(relay, Live), Stop);
        await client.Outer.WriteAsync(hello.AsMemory(0, 100), Stop);
        // The other connection goes all the way, which the first has not.
        Assert.Equal(hello, await EchoedAsync(relay, Live, hello));
        Assert.Equal((1, 0), (signal.Accepted, site.Accepted));

        await client.Outer.WriteAsync(hello.AsMemory(100), Stop);
        var echoed = new byte[hello.Length];
        await client.Outer.ReadExactlyAsync(echoed, Stop);
        Assert.Equal(hello, echoed);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 71, 69, 84, 32, 47 })]
    public async Task Whoever_brings_something_else_under_a_name_of_a_group_gets_the_web_site_and_counts_as_strange(byte[] bytes)
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site);

        Assert.Equal(bytes, await EchoedAsync(relay, Live, bytes));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyNoHello);
        Assert.Equal((0L, 1L), (family.Relayed, family.Strange));
    }

    [Fact]
    public async Task A_browser_under_a_name_of_a_group_gets_the_web_site_and_counts_as_strange()
    {
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(null, site);
        await using (var client = await TlsInTlsClient.ConnectOuterAsync(
            Client(relay, Live) with { OuterAlpn = [SslApplicationProtocol.Http2] }, Stop))
            await site.NextAsync(Bound);
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyHttp2);
        Assert.Equal(1, family.Strange);
    }

    [Fact]
    public async Task A_revoked_name_ends_its_connections_and_leaves_those_of_others_and_of_visitors()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        var friends = new AccessGroup(limit: 0);
        await using var relay = Start(signal, site, new() { [Live] = family, ["web-b2.proxy.example"] = friends });
        await using var one = await TlsInTlsClient.ConnectAsync(Client(relay, Live), Stop);
        await using var other = await TlsInTlsClient.ConnectAsync(Client(relay, "web-b2.proxy.example"), Stop);
        await using var visitor = await TlsInTlsClient.ConnectOuterAsync(Client(relay, Live), Stop);
        await visitor.Outer.WriteAsync("GET"u8.ToArray(), Stop);
        await visitor.Outer.ReadExactlyAsync(new byte[3], Stop);
        await using var undecided = await TlsInTlsClient.ConnectOuterAsync(Client(relay, Live), Stop);

        relay.Server.UseAccess(new(new Dictionary<string, AccessGroup> { ["web-b2.proxy.example"] = friends }));

        Assert.Equal(0, await ReadToEndAsync(one.Inner));
        await EchoAsync(other.Inner);
        await EchoAsync(visitor.Outer);
        // Who had not said what he wants is a visitor now, and a probe if he wants Signal.
        var hello = await InnerHello.ForAsync(Signal);
        await undecided.Outer.WriteAsync(hello, Stop);
        var echoed = new byte[hello.Length];
        await undecided.Outer.ReadExactlyAsync(echoed, Stop);
        Assert.Equal(hello, echoed);
        Assert.Equal((0, 1), (family.Open, friends.Open));
    }

    [Fact]
    public async Task A_name_that_another_takes_the_place_of_keeps_its_connections_until_it_ends()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = Start(signal);
        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay, Live), Stop);
        relay.Server.UseAccess(
            new(new Dictionary<string, AccessGroup> { [Live] = family, ["web-b2.proxy.example"] = family }));
        await relay.Server.PingAsync();
        await EchoAsync(client.Inner);
        await using var later = await TlsInTlsClient.ConnectAsync(Client(relay, "web-b2.proxy.example"), Stop);

        relay.Server.UseAccess(new(new Dictionary<string, AccessGroup> { ["web-b2.proxy.example"] = family }));
        Assert.Equal(0, await ReadToEndAsync(client.Inner));
        await EchoAsync(later.Inner);
    }

    [Fact]
    public async Task Connections_of_the_time_when_every_name_led_to_Signal_end_when_only_some_do()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay, "proxy.example"), Stop);

        relay.Server.UseAccess(new(new Dictionary<string, AccessGroup> { [Live] = family }));
        Assert.Equal(0, await ReadToEndAsync(client.Inner));

        relay.Server.UseAccess(null);
        await using var again = await TlsInTlsClient.ConnectAsync(Client(relay, "proxy.example"), Stop);
        await EchoAsync(again.Inner);
    }

    [Fact]
    public async Task A_group_at_its_limit_gets_the_web_site_until_one_of_its_connections_ends()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        var two = new AccessGroup(limit: 2);
        await using var relay = Start(signal, site, new() { [Live] = two });
        var hello = await InnerHello.ForAsync(Signal);
        await using (var first = await TlsInTlsClient.ConnectAsync(Client(relay, Live), Stop))
        await using (var second = await TlsInTlsClient.ConnectAsync(Client(relay, Live), Stop))
        {
            Assert.Equal(hello, await EchoedAsync(relay, Live, hello));
            await relay.HasCountedAsync(1, ConnectionOutcome.RefusedGroup);
            Assert.Equal((2, 0L), (two.Open, two.Strange));
        }
        await relay.HasCountedAsync(2, ConnectionOutcome.Relayed);
        await using var third = await TlsInTlsClient.ConnectAsync(Client(relay, Live), Stop);
        await EchoAsync(third.Inner);
    }

    [Fact]
    public async Task A_connection_of_our_own_reaches_Signal_under_any_name_if_it_was_announced_so_and_counts_for_no_group()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site);
        await using var opened = await TlsInTlsClient.ConnectAsync(Own(relay, "none.proxy.example", opens: true), Stop);
        await EchoAsync(opened.Inner);
        await using var named = await TlsInTlsClient.ConnectAsync(Own(relay, Live, opens: false), Stop);
        await EchoAsync(named.Inner);
        await using (var stranger = await TlsInTlsClient.ConnectOuterAsync(Own(relay, "none.proxy.example", opens: false), Stop))
        {
            await stranger.Outer.WriteAsync("GET"u8.ToArray(), Stop);
            await stranger.Outer.ReadExactlyAsync(new byte[3], Stop);
        }
        Assert.Equal(1, site.Accepted);
        Assert.Equal((0, 0L, 0L), (family.Open, family.Relayed, family.Strange));
        Assert.Equal(0, relay.Server.GetStatistics().Outcomes.Values.Sum());

        // It keeps its way when names change, unless its own is revoked.
        relay.Server.UseAccess(new([]));
        Assert.Equal(0, await ReadToEndAsync(named.Inner));
        await EchoAsync(opened.Inner);
    }

    private static async Task EchoAsync(Stream stream)
    {
        await stream.WriteAsync(new byte[100], Stop);
        await stream.ReadExactlyAsync(new byte[100], Stop);
    }

    /// <summary>What the server's other side sends back of these bytes.</summary>
    private async Task<byte[]> EchoedAsync(TestRelay relay, string name, byte[] bytes)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(relay, name), Stop);
        await client.Outer.WriteAsync(bytes, Stop);
        var echoed = new byte[bytes.Length];
        await client.Outer.ReadExactlyAsync(echoed, Stop);
        return echoed;
    }

    /// <summary>0: the connection has ended, in order or not.</summary>
    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Stop).AsTask().WaitAsync(Bound, Stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private TestRelay Start(StandInSignal? signal, StandInSignal? site = null, Dictionary<string, AccessGroup>? names = null) =>
        TestRelay.Start(
            certificate,
            signal?.Endpoint,
            decoy: site is null ? null : new UpstreamEndpoint.Tcp("127.0.0.1", site.Endpoint.Port),
            change: options => options with { Access = new(names ?? new() { [Live] = family }) });

    private TlsInTlsOptions Client(TestRelay relay, string name) => new()
    {
        Proxy = relay.EndPoint,
        Authority = authority,
        OuterName = name,
        // What the certificate covers is not the question.
        AcceptsAnyOuterName = true,
        InnerName = Signal,
    };

    private TlsInTlsOptions Own(TestRelay relay, string name, bool opens) =>
        Client(relay, name) with { OnHello = hello => relay.Server.AnnounceOwn(SHA256.HashData(hello.Span), opens) };
}
