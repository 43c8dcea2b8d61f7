using System.Net;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Tests.Configuration;

namespace Heliograph.EndToEnd.Tests.Neighbours;

/// <summary>Heliograph in front of other web servers, with the configurations of docs/operating/beside-a-web-server.md.</summary>
public sealed class BesideTests
{
    private const string Document = "beside-a-web-server.md";

    [Fact(Timeout = Bound.Test)]
    public async Task A_site_of_nginx_keeps_its_certificate_its_HTTP2_and_the_addresses_of_its_visitors()
    {
        await using var site = await Site.StartNginxAsync();
        await AssertServedAsync(site, DocumentedConfiguration.Read(Document, "Heliograph", ("127.0.0.1:8443", site.Endpoint.ToString())), Site.VisitorAddress);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_site_of_HAProxy_keeps_its_certificate_its_HTTP2_and_the_addresses_of_its_visitors()
    {
        await using var site = await Site.StartHaProxyAsync();
        await AssertServedAsync(site, DocumentedConfiguration.Read(Document, "Heliograph", ("127.0.0.1:8443", site.Endpoint.ToString())), Site.VisitorAddress);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_site_of_Caddy_keeps_its_certificate_and_its_HTTP2()
    {
        await using var site = await Site.StartCaddyAsync();
        // Debian's Caddy reads no PROXY protocol.
        var heliograph = DocumentedConfiguration.Read(Document, "Heliograph", ("{ upstream: \"127.0.0.1:8443\", proxy_protocol: v2 }", $"\"{site.Endpoint}\""));
        await AssertServedAsync(site, heliograph, IPAddress.Loopback);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task As_the_default_it_answers_everyone_who_does_not_know_the_proxys_name()
    {
        Proxy.NeedsHeliograph();
        await using var site = await Site.StartNginxAsync();
        await using var proxy = await Proxy.StartAsync(new() { More = $"passthrough: {{ default: {{ upstream: \"{site.Endpoint}\", proxy_protocol: v2 }} }}" });

        Assert.Equal(Site.VisitorAddress.ToString(), (await site.GetAsync(proxy.Endpoint, HttpVersion.Version20)).Body);
        // By address, as a scanner calls: the certificate is the site's.
        await using var scanner = await TlsInTlsClient.ConnectOuterAsync(new() { Proxy = proxy.Endpoint, Authority = site.Authority, OuterName = Site.Name }, Bound.Token);
        Assert.Contains("400 Bad Request", await Visitor.PlainAnswerAsync(proxy.Endpoint, "GET / HTTP/1.1\r\n\r\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Visitor.GetAsync(proxy, HttpVersion.Version20)).Status);
    }

    private static async Task AssertServedAsync(Site site, string documented, IPAddress seen)
    {
        Proxy.NeedsHeliograph();
        Assert.Empty(Loaded.Errors(documented));
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(new()
        {
            Routes = ProxySettings.Route("chat.signal.org", signal.Endpoint),
            More = documented[documented.IndexOf("passthrough:", StringComparison.Ordinal)..],
        });

        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
            Assert.Equal(seen.ToString(), (await site.GetAsync(proxy.Endpoint, version)).Body);
        await AssertStillProxyAsync(proxy);
    }

    /// <summary>Its own name still has its own site, and relays.</summary>
    internal static async Task AssertStillProxyAsync(Proxy proxy, IPEndPoint? through = null)
    {
        Assert.Equal(HttpStatusCode.OK, (await Visitor.GetAsync(through ?? proxy.Endpoint, proxy.Authority, Proxy.Name, HttpVersion.Version20)).Status);
        var hello = await InnerHello.ForAsync("chat.signal.org");
        await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client("chat.signal.org") with { Proxy = through ?? proxy.Endpoint }, Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        var echoed = new byte[hello.Length];
        await client.Outer.ReadExactlyAsync(echoed, Bound.Token);
        Assert.Equal(hello, echoed);
    }
}
