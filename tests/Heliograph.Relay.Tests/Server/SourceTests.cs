using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Whoever comes from a blocked source gets the web site, whatever is inside, and never a closed door.</summary>
public sealed class SourceTests : IDisposable
{
    private const string Signal = "chat.signal.org";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_hello_for_Signal_from_a_blocked_source_gets_the_web_site_and_is_counted_in_a_sum()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site, Block("127.0.0.0/8"));
        await EchoAsync(relay, await InnerHello.ForAsync(Signal));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyBlocked);
        Assert.Equal((0, 1), (signal.Accepted, site.Accepted));
    }

    [Fact]
    public async Task Half_a_hello_another_name_and_garbage_go_to_the_web_site_as_they_come_and_are_counted_as_everybodys()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site, Block("127.0.0.0/8"));
        var hello = await InnerHello.ForAsync(Signal);
        byte[][] parts = [hello[..1], hello[..5], hello[..(hello.Length / 2)], [0, 0, 0], "GET / HTTP/1.1\r\n\r\n"u8.ToArray()];
        foreach (var part in parts)
            await EchoAsync(relay, part);
        await relay.HasCountedAsync(5, ConnectionOutcome.DecoyNoHello);
        // Nobody who is blocked can have a name looked up or remembered.
        await EchoAsync(relay, await InnerHello.ForAsync("new.signal.org"));
        await relay.HasCountedAsync(1, ConnectionOutcome.DecoyDeniedName);
        Assert.Empty(relay.Server.GetStatistics().DeniedSignalNames);
        Assert.Equal(0, signal.Accepted);
    }

    [Fact]
    public async Task An_allowed_source_is_relayed_however_small_the_blocked_prefix_is()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site, new(Set("127.0.0.1/32"), Set("127.0.0.0/8")));
        await EchoAsync(relay, await InnerHello.ForAsync(Signal));
        await relay.HasCountedAsync(1, ConnectionOutcome.Relayed);
    }

    [Fact]
    public async Task New_lists_apply_to_new_connections_and_leave_the_open_ones()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site, null);
        var hello = await InnerHello.ForAsync(Signal);
        await using var open = await ConnectAsync(relay);
        await EchoAsync(open, hello);

        relay.Server.UseSources(Block("127.0.0.0/8"));
        await EchoAsync(relay, hello);
        Assert.Equal((1, 1), (signal.Accepted, site.Accepted));
        await EchoAsync(open, "more"u8.ToArray());

        relay.Server.UseSources(null);
        await EchoAsync(relay, hello);
        Assert.Equal((2, 1), (signal.Accepted, site.Accepted));
    }

    [Theory]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("127.0.0.0/8", false)]
    public async Task Behind_a_trusted_proxy_the_client_that_it_names_counts_and_not_the_proxy(string blocked, bool isBlocked)
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(
            signal, site, Block(blocked), static options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        var header = Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.77 203.0.113.9 50000 443\r\n");
        await EchoAsync(relay, await InnerHello.ForAsync(Signal), Client(relay) with { Preamble = header });
        Assert.Equal(isBlocked ? (0, 1) : (1, 0), (signal.Accepted, site.Accepted));
    }

    [Fact]
    public async Task The_proxys_own_connections_are_never_blocked()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = Start(signal, site, Block("127.0.0.0/8"));
        await EchoAsync(relay, await InnerHello.ForAsync(Signal),
            Client(relay) with { OnHello = hello => relay.Server.AnnounceOwn(SHA256.HashData(hello.Span)) });
        Assert.Equal((1, 0), (signal.Accepted, site.Accepted));
    }

    private static SourceRules Block(string prefix) => new(Set(prefix), PrefixSet.Empty);

    private static PrefixSet Set(string prefix) => PrefixSet.Create([IPNetwork.Parse(prefix)]);

    private Task<TlsInTlsClient> ConnectAsync(TestRelay relay) => TlsInTlsClient.ConnectOuterAsync(Client(relay), Stop);

    private async Task EchoAsync(TestRelay relay, byte[] bytes, TlsInTlsOptions? options = null)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(options ?? Client(relay), Stop);
        await EchoAsync(client, bytes);
    }

    private static async Task EchoAsync(TlsInTlsClient client, byte[] bytes)
    {
        await client.Outer.WriteAsync(bytes, Stop);
        var echoed = new byte[bytes.Length];
        await client.Outer.ReadExactlyAsync(echoed, Stop).AsTask().WaitAsync(Bound, Stop);
        Assert.Equal(bytes, echoed);
    }

    private TlsInTlsOptions Client(TestRelay relay) => new() { Proxy = relay.EndPoint, Authority = authority };

    private TestRelay Start(
        StandInSignal signal, StandInSignal site, SourceRules? sources, Func<RelayOptions, RelayOptions>? change = null) =>
        TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"),
            signal.Endpoint,
            decoy: new UpstreamEndpoint.Tcp("127.0.0.1", site.Endpoint.Port),
            change: options => (change ?? (static same => same))(options with { Sources = sources }));
}
