using System.Net;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;
using Heliograph.Tests.Configuration;

namespace Heliograph.EndToEnd.Tests.Neighbours;

/// <summary>
/// Heliograph behind balancers, with the configurations of docs/operating/behind-a-load-balancer.md. A web server that it passes
/// connections on to shows the address that it received.
/// </summary>
public sealed class BehindTests
{
    private const string Document = "behind-a-load-balancer.md";

    [Fact(Timeout = Bound.Test)]
    public async Task Behind_nginx_the_client_is_known_by_version_1()
    {
        await using var site = await Site.StartNginxAsync();
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await StartAsync(site, signal);
        var front = LoopbackPort.Free();
        var stream = DocumentedConfiguration.Read(
            Document,
            "nginx (`stream`)",
            ("listen 443;", $"listen {front};"),
            ("        listen [::]:443;\n", ""),
            ("127.0.0.1:9443", proxy.Endpoint.ToString()),
            ("www.example.org 127.0.0.1:8443;", ""));
        await using var nginx = await NginxProcess.StartAsync(
            NginxProcess.CreatePrefix(), "", "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n" + stream, [front.ToString()]);

        await AssertKnownAsync(site, proxy, front);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c")]
    public async Task Behind_HAProxy_the_client_is_known_and_the_health_checks_are_no_errors(string header)
    {
        await using var site = await Site.StartNginxAsync();
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await StartAsync(site, signal);
        var front = LoopbackPort.Free();
        var configuration = DocumentedConfiguration.Read(
            Document, "HAProxy",
            ("bind :443\n", $"bind {front}\n"), ("    bind :::443 v6only\n", ""), ("127.0.0.1:9443", proxy.Endpoint.ToString()),
            ("send-proxy-v2 check check-send-proxy", $"{header} check check-send-proxy inter 50ms rise 1 fall 1"));
        await using var balancer = await Neighbour.StartHaProxyAsync(configuration, front);

        await Polling.UntilAsync(
            () => proxy.Program.AllOutput.Split("a connection ended: Left").Length > 3, TimeSpan.FromSeconds(20), "no health checks came");
        Assert.DoesNotContain("PlainHttp", proxy.Program.AllOutput, StringComparison.Ordinal);
        await AssertKnownAsync(site, proxy, front);
        Assert.DoesNotContain("ProxyHeader", proxy.Program.AllOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("DOWN", balancer.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_balancer_that_sends_no_header_is_refused_and_counted_as_such()
    {
        await using var site = await Site.StartNginxAsync();
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await StartAsync(site, signal);

        await Assert.ThrowsAnyAsync<Exception>(() => site.GetAsync(proxy.Endpoint, HttpVersion.Version11));
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("a connection ended: ProxyHeaderMissing", StringComparison.Ordinal), Bound.Prompt);
    }

    private static async Task<Proxy> StartAsync(Site site, StandInSignal signal)
    {
        Proxy.NeedsHeliograph();
        var documented = DocumentedConfiguration.Read(Document, "Tell it who the client is");
        Assert.Empty(Loaded.Errors(documented));
        return await Proxy.StartAsync(
            new()
            {
                Routes = ProxySettings.Route("chat.signal.org", signal.Endpoint),
                // Everything on loopback may be the balancer here, the visitor's address too.
                More =
                    documented[documented.IndexOf("trusted_proxies:", StringComparison.Ordinal)..]
                        .Replace("[127.0.0.1]", "[127.0.0.0/8]", StringComparison.Ordinal) +
                    $"passthrough: {{ {Site.Name}: {{ upstream: \"{site.Endpoint}\", proxy_protocol: v2 }} }}\n",
                Arguments = ["--log-level", "trace"],
            });
    }

    private static async Task AssertKnownAsync(Site site, Proxy proxy, IPEndPoint front)
    {
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
            Assert.Equal(Site.VisitorAddress.ToString(), (await site.GetAsync(front, version)).Body);
        await BesideTests.AssertStillProxyAsync(proxy, front);
        Assert.DoesNotContain(Site.VisitorAddress.ToString(), proxy.Program.AllOutput, StringComparison.Ordinal);
    }
}
