using Heliograph.Checking;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.UpstreamProxies;

namespace Heliograph.Tests.Checking;

/// <summary>heliograph check tries the proxy of upstream.proxy: microsocks, tinyproxy, and a fake that is neither.</summary>
public sealed class UpstreamProxyCheckTests
{
    [Theory(Timeout = Bound.Test)]
    [Trait("Needs", "server")]
    [InlineData(RealProxyKind.Socks)]
    [InlineData(RealProxyKind.SocksWithPassword)]
    [InlineData(RealProxyKind.Tinyproxy)]
    public async Task A_good_one_connects_to_the_host_and_one_with_a_wrong_password_is_named(RealProxyKind kind)
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var server = await RealProxy.StartAsync(kind);
        var proxy = Proxy(kind, server.Address.Port) with { User = RealProxy.User, Password = RealProxy.Password };

        var good = await CheckAsync(proxy, signal.Endpoint.Port);
        Assert.Equal((Severity.Ok, $"{proxy} connects to localhost:{signal.Endpoint.Port}"), (good.Severity, good.Seen));

        var bad = await CheckAsync(proxy with { Password = "wrong" }, signal.Endpoint.Port);
        if (kind == RealProxyKind.Socks)
            Assert.Equal(Severity.Ok, bad.Severity);
        else
            Assert.StartsWith($"{proxy} refuses the user or the password (", bad.Seen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_is_no_proxy_or_is_down_is_a_failure_with_a_remedy()
    {
        await using var fake = new FakeProxy(FakeProxy.Answers(closes: true, "SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray()));
        using var refusing = LoopbackPort.Refusing(out var nobody);

        var ssh = await CheckAsync(Proxy(RealProxyKind.Tinyproxy, fake.Address.Port), 443);
        Assert.Equal(
            (Severity.Failure, $"http://127.0.0.1:{fake.Address.Port} does not answer as an HTTP proxy"), (ssh.Severity, ssh.Seen));
        Assert.StartsWith("Nothing is relayed until that is mended: check upstream.proxy", ssh.Remedy, StringComparison.Ordinal);

        var down = await CheckAsync(Proxy(RealProxyKind.Socks, nobody.Port), 443);
        Assert.Equal(
            (Severity.Failure, $"socks5://127.0.0.1:{nobody.Port}: no connection (IPv4: connection refused)"), (down.Severity, down.Seen));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_host_that_it_does_not_reach_is_a_warning_about_the_host()
    {
        await using var fake = new FakeProxy(FakeProxy.Answers(closes: true, [5, 0], [5, 2, 0, 1]));

        var finding = await CheckAsync(Proxy(RealProxyKind.Socks, fake.Address.Port), 443);

        Assert.Equal(
            (Severity.Warning, "localhost:443 is not allowed by the proxy (SOCKS5 reply 2: not allowed by its rules)"),
            (finding.Severity, finding.Seen));
    }

    private static UpstreamProxy Proxy(RealProxyKind kind, int port) => new(
        kind == RealProxyKind.Tinyproxy ? UpstreamProxyProtocol.HttpConnect : UpstreamProxyProtocol.Socks5, new("127.0.0.1", port));

    private static Task<Heliograph.Machine.Finding> CheckAsync(UpstreamProxy proxy, int port) =>
        UpstreamProxyCheck.RunAsync(proxy, new("localhost", port), TimeProvider.System, Bound.Token);
}
