using System.Net;
using System.Net.Security;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>The operator's own web site instead of the built-in one.</summary>
public class DecoySourceTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_directory_is_served_over_both_versions_of_HTTP()
    {
        Proxy.NeedsHeliograph();
        using var site = new TempDirectory();
        site.Write("index.html", NginxSite.FrontPage);
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Decoy = $"directory: \"{site.Path}\"" });
        var expected = new Page(HttpStatusCode.OK, "nginx", NginxSite.FrontPage);
        Assert.Equal(expected, await Visitor.GetAsync(proxy, HttpVersion.Version11));
        Assert.Equal(expected, await Visitor.GetAsync(proxy, HttpVersion.Version20));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_upstream_serves_both_versions_of_HTTP(bool unixSockets)
    {
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(NginxProcess.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
        await using var site = await NginxSite.StartAsync();
        var decoy = unixSockets
            ? $"upstream: \"unix:{site.Http1Socket}\", upstream_h2: \"unix:{site.Http2Socket}\""
            : $"upstream: \"{site.Http1}\", upstream_h2: \"{site.Http2}\"";
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Decoy = decoy });
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var page = await Visitor.GetAsync(proxy, version);
            Assert.Equal((HttpStatusCode.OK, NginxSite.FrontPage), (page.Status, page.Body));
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Without_an_upstream_for_HTTP2_it_is_not_offered()
    {
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(NginxProcess.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
        await using var site = await NginxSite.StartAsync();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Decoy = $"upstream: \"{site.Http1}\"" });
        await using var client = await TlsInTlsClient.ConnectOuterAsync(
            proxy.Client("unused.example") with { OuterAlpn = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] }, Bound.Token);
        Assert.Equal(SslApplicationProtocol.Http11, client.Outer.NegotiatedApplicationProtocol);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_unreachable_upstream_gets_the_answer_that_nginx_gives()
    {
        Proxy.NeedsHeliograph();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Decoy = $"upstream: \"{down}\", upstream_h2: \"{down}\"" });
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var page = await Visitor.GetAsync(proxy, version);
            Assert.Equal(HttpStatusCode.BadGateway, page.Status);
            Assert.Contains("502 Bad Gateway", page.Body, StringComparison.Ordinal);
        }
    }
}
