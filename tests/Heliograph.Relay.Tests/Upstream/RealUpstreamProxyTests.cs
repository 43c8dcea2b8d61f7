using System.Collections.Concurrent;
using System.Net;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Tests.Server;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.UpstreamProxies;

namespace Heliograph.Relay.Tests.Upstream;

/// <summary>A relay whose hosts are reached through microsocks (SOCKS5) and tinyproxy (CONNECT).</summary>
[Trait("Needs", "server")]
public sealed class RealUpstreamProxyTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;
    private readonly RecordingLog log = new();
    private readonly ConcurrentQueue<string> asked = new();

    public RealUpstreamProxyTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example", "chat.signal.org", "cdn.signal.org");
    }

    public void Dispose() => authority.Dispose();

    [Theory(Timeout = Bound.Test)]
    [InlineData(RealProxyKind.Socks)]
    [InlineData(RealProxyKind.SocksWithPassword)]
    [InlineData(RealProxyKind.Tinyproxy)]
    public async Task A_client_is_relayed_through_it_and_only_the_proxys_own_name_is_resolved_here(RealProxyKind kind)
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        await using var proxy = await RealProxy.StartAsync(kind);
        await using var relay = Start(
            Through(kind, proxy) with { Endpoint = new("way.example", proxy.Address.Port) }, signal.Endpoint.Port);

        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay), Bound.Token);
        await client.Inner.WriteAsync(new byte[100_000], Bound.Token);
        await client.Inner.ReadExactlyAsync(new byte[100_000], Bound.Token);

        Assert.Equal(["way.example"], asked.Distinct(StringComparer.Ordinal));
        var upstreams = relay.Server.GetStatistics().Upstreams;
        Assert.Equal([(true, 1L), (false, 1L)], upstreams.Select(static one => (one.IsProxy, one.DialTimes.Count)));
        Assert.DoesNotContain(log.Lines, static line => line.Contains("upstream.proxy", StringComparison.Ordinal));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(RealProxyKind.SocksWithPassword, "wrong", "refuses the user or the password (RFC 1929 status 2)")]
    [InlineData(RealProxyKind.SocksWithPassword, null, "asks for a user and a password (SOCKS5 method 255)")]
    [InlineData(RealProxyKind.Tinyproxy, "wrong", "refuses the user or the password (HTTP status 401)")]
    [InlineData(RealProxyKind.Tinyproxy, null, "asks for a user and a password (HTTP status 407)")]
    public async Task Refused_credentials_are_the_proxys_fault_and_logged_once(RealProxyKind kind, string? password, string words)
    {
        await using var proxy = await RealProxy.StartAsync(kind);
        var through = Through(kind, proxy) with { User = password is null ? null : RealProxy.User, Password = password };
        await using var relay = Start(through, port: 9);

        await AssertDecoyAsync(relay, "chat.signal.org");
        await AssertDecoyAsync(relay, "cdn.signal.org");

        var upstreams = relay.Server.GetStatistics().Upstreams;
        var own = Assert.Single(upstreams, static one => one.IsProxy);
        Assert.Equal((2, DialFailure.ProxyCredentials, words), (own.FailuresInARow, own.LastFailure, own.Problem));
        Assert.All(upstreams.Where(static one => !one.IsProxy), static host => Assert.Equal(0, host.FailuresInARow));
        Assert.Single(log.Lines, line => line.StartsWith($"the proxy {through} {words} (upstream.proxy)", StringComparison.Ordinal));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(RealProxyKind.Socks, DialFailure.Refused, "(SOCKS5 reply 5: connection refused)")]
    [InlineData(RealProxyKind.Tinyproxy, DialFailure.Unreachable, "(HTTP status 500)")]
    public async Task A_host_that_it_does_not_reach_is_the_hosts_fault(
        RealProxyKind kind, DialFailure reason, string words)
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        await using var proxy = await RealProxy.StartAsync(kind);
        await using var relay = Start(Through(kind, proxy), nobody.Port);

        await AssertDecoyAsync(relay, "chat.signal.org");

        var upstreams = relay.Server.GetStatistics().Upstreams;
        Assert.Equal(0, Assert.Single(upstreams, static one => one.IsProxy).FailuresInARow);
        var failed = Assert.Single(upstreams, static one => !one.IsProxy);
        Assert.Equal((1, reason), (failed.FailuresInARow, failed.LastFailure));
        Assert.EndsWith(words, failed.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, static line => line.Contains("upstream.proxy", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_that_is_down_is_one_cause_and_a_reload_or_its_return_ends_it()
    {
        await using var signal = StandInSignal.Start(certificate, StandInBehaviour.EchoAsync);
        var place = LoopbackPort.Free();
        var through = new UpstreamProxy(UpstreamProxyProtocol.Socks5, new("127.0.0.1", place.Port));
        await using var relay = Start(through, signal.Endpoint.Port);

        await AssertDecoyAsync(relay, "chat.signal.org");
        await AssertDecoyAsync(relay, "cdn.signal.org");
        Assert.Single(
            log.Lines, line => line.StartsWith($"the proxy {through} refuses connections (upstream.proxy)", StringComparison.Ordinal));
        await using (await RealProxy.StartAsync(RealProxyKind.Socks, place))
            await AssertRelayedAsync(relay);
        Assert.Single(log.Lines, $"the proxy {through} works again (upstream.proxy)");

        relay.Server.UseOptions(relay.Options with { Proxy = null });
        await AssertRelayedAsync(relay);
        Assert.DoesNotContain(relay.Server.GetStatistics().Upstreams, static one => one.IsProxy);
    }

    private static UpstreamProxy Through(RealProxyKind kind, RealProxy proxy)
    {
        var protocol = kind == RealProxyKind.Tinyproxy ? UpstreamProxyProtocol.HttpConnect : UpstreamProxyProtocol.Socks5;
        var through = new UpstreamProxy(protocol, new("127.0.0.1", proxy.Address.Port));
        return kind == RealProxyKind.Socks ? through : through with { User = RealProxy.User, Password = RealProxy.Password };
    }

    private TestRelay Start(UpstreamProxy through, int port)
    {
        var endpoint = new UpstreamEndpoint.Tcp("localhost", port);
        var hosts = new Dictionary<string, UpstreamEndpoint> { ["chat.signal.org"] = endpoint, ["cdn.signal.org"] = endpoint };
        return TestRelay.Start(
            certificate,
            logger: log,
            change: options => options with { Proxy = through, Routes = RouteTable.Create([], hosts) },
            resolve: (name, _) =>
            {
                asked.Enqueue(name);
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            });
    }

    private TlsInTlsOptions Client(TestRelay relay, string name = "chat.signal.org") =>
        new() { Proxy = relay.EndPoint, Authority = authority, InnerName = name };

    private async Task AssertRelayedAsync(TestRelay relay)
    {
        await using var client = await TlsInTlsClient.ConnectAsync(Client(relay), Bound.Token);
        await client.Inner.WriteAsync(new byte[10], Bound.Token);
        await client.Inner.ReadExactlyAsync(new byte[10], Bound.Token);
    }

    /// <summary>The decoy of these tests refuses, so that the connection ends.</summary>
    private async Task AssertDecoyAsync(TestRelay relay, string name)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(relay, name), Bound.Token);
        await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
        Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
    }
}
