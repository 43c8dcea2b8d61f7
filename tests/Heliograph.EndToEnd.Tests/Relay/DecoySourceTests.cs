using System.Net;
using System.Net.Security;
using System.Net.Sockets;
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
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Decoy = $"directory: \"{site.Path}\", like: nginx-1.26" });
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
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
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
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
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
        await proxy.Program.WaitForLineAsync(
            line => line.Contains(
                $"{down} cannot be dialled (decoy): its visitors are shown an error page (502 Bad Gateway)", StringComparison.Ordinal),
            Bound.Prompt);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task When_file_descriptors_have_run_out_visitors_who_were_accepted_see_the_site_all_the_same()
    {
        Proxy.NeedsHeliograph();
        int atRest;
        await using (var probe = await Proxy.StartAsync(new ProxySettings()))
            atRest = Processes.OpenFiles(probe.Program.Id);
        // The least with which it starts, if that is more.
        var limit = Math.Max(atRest + 60, 192 + (4 * Environment.ProcessorCount));
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Limits = "max_connections: 10000",
            Wrapper = ["prlimit", $"--nofile={limit}"],
        });
        var visitors = new List<TlsInTlsClient>();
        for (var i = 0; i < 20; i++)
            visitors.Add(await TlsInTlsClient.ConnectOuterAsync(proxy.Client("unused.example"), Bound.Token));
        var crowd = new List<Socket>();
        for (var i = 0; i < limit - atRest; i++)
        {
            crowd.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await crowd[^1].ConnectAsync(proxy.Endpoint, Bound.Token);
        }
        await proxy.Program.WaitForLineAsync(static line => line.Contains("accepting paused", StringComparison.Ordinal), Bound.Prompt);

        foreach (var visitor in visitors)
        {
            await visitor.Outer.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Bound.Token);
            Assert.NotEqual(0, await visitor.Outer.ReadAsync(new byte[4096], Bound.Token));
        }
        foreach (var visitor in visitors)
            await visitor.DisposeAsync();
        crowd.ForEach(static socket => socket.Dispose());
    }
}
