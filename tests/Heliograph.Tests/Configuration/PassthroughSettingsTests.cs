using System.Net;
using Heliograph.Configuration;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;

namespace Heliograph.Tests.Configuration;

/// <summary><c>passthrough</c> and <c>trusted_proxies</c>.</summary>
public sealed class PassthroughSettingsTests
{
    private const string Endpoint = "allowed: \"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\"";
    private const string Site =
        "allowed: a host name, \"*.\" and a domain, or default, with \"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\", or with { "
        + "upstream: ENDPOINT, proxy_protocol: v2 }";
    private const string Network = "allowed: an IP address, or a network such as 10.0.0.0/8 or \"2001:db8::/32\"";

    [Fact]
    public void A_site_is_an_endpoint_or_an_endpoint_with_what_it_asks_for()
    {
        var sites = Loaded.Settings(
            """
            domains: [proxy.example.org]
            passthrough:
              WWW.example.org: "127.0.0.1:8443"
              "*.example.net": { upstream: "unix:/run/shop.sock", proxy_protocol: v2 }
              default: { upstream: "[::1]:8443" }
              four.example: "127.0.0.1:1"
              five.example: "127.0.0.1:5 proxy_protocol=v2"
            """,
            ("HELIOGRAPH__PASSTHROUGH", "Four.example=127.0.0.1:4 proxy_protocol=v2,six.example=h:6")).Passthrough;

        Assert.Equal(
            [
                ("*.example.net", new PassthroughSite(new UpstreamEndpoint.Unix("/run/shop.sock"), true)),
                ("default", new(new UpstreamEndpoint.Tcp("::1", 8443))),
                ("five.example", new(new UpstreamEndpoint.Tcp("127.0.0.1", 5), true)),
                ("four.example", new(new UpstreamEndpoint.Tcp("127.0.0.1", 4), true)),
                ("six.example", new(new UpstreamEndpoint.Tcp("h", 6))),
                ("www.example.org", new(new UpstreamEndpoint.Tcp("127.0.0.1", 8443))),
            ],
            sites.Select(static site => (site.Key, site.Value)));
    }

    [Fact]
    public void A_trusted_proxy_is_an_address_or_a_network()
    {
        const string Yaml =
            "domains: [a.example]\ntrusted_proxies: [10.0.0.0/8, 192.0.2.7, \"2001:db8::/32\", \"::1\", \"::ffff:10.0.0.0/104\"]\n";

        Assert.Equal(
            ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128", "::ffff:10.0.0.0/104"],
            Loaded.Settings(Yaml).TrustedProxies.Select(static network => network.ToString()));
        Assert.Equal([IPNetwork.Parse("192.0.2.1/32")], Loaded.Settings(Yaml, ("HELIOGRAPH__TRUSTED_PROXIES", "192.0.2.1")).TrustedProxies);
    }

    [Theory]
    [InlineData("passthrough: { www.example.org: nowhere }",
        "passthrough.www.example.org (FILE:2): \"nowhere\": not an endpoint; " + Endpoint)]
    [InlineData("passthrough: { www.example.org: { upstream: x, proxy_protocol: v2 } }",
        "passthrough.www.example.org (FILE:2): \"x\": not an endpoint; " + Endpoint)]
    [InlineData("passthrough: { www.example.org: { upstream: \"a:1\", proxy_protocol: v1 } }",
        "passthrough.www.example.org.proxy_protocol (FILE:2): \"v1\": there is no such version; allowed: v2")]
    [InlineData("passthrough: { www.example.org: { upstream: \"a:1\", proxy: v2 } }",
        "passthrough.www.example.org.proxy (FILE:2): there is no such key; there are: upstream, proxy_protocol")]
    [InlineData("passthrough: { www.example.org: { upstream: \"a:1\", proxy_protokol: v2 } }",
        "passthrough.www.example.org.proxy_protokol (FILE:2): there is no such key; did you mean proxy_protocol?")]
    [InlineData("passthrough: { www.example.org: { proxy_protocol: v2 } }",
        "passthrough.www.example.org (FILE:2): upstream is missing; " + Site)]
    [InlineData("passthrough: { www.example.org: { upstream: \"a:1\", upstream: \"a:2\" } }",
        "passthrough.www.example.org.upstream (FILE:2): the key stands here a second time; keep one of the two")]
    [InlineData("passthrough: { www.example.org: [\"a:1\"] }", "passthrough.www.example.org (FILE:2): must be a single value; " + Site)]
    [InlineData("passthrough: { www.example.org: { upstream: [] } }",
        "passthrough.www.example.org.upstream (FILE:2): must be a single value")]
    [InlineData("passthrough: \"a:1\"",
        "passthrough (FILE:2): must be a section of lines NAME: VALUE, each " + "a host name, \"*.\" and a domain, or default, with "
        + "\"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\", or with { upstream: ENDPOINT, proxy_protocol: v2 }")]
    [InlineData("passthrough: { \"www.*.org\": \"a:1\" }",
        "passthrough.www.*.org (FILE:2): a wildcard; name each host, as no client can type a '*'; " + Site)]
    [InlineData("passthrough: { 192.0.2.1: \"a:1\" }",
        "passthrough.192.0.2.1 (FILE:2): an IP address, which no client sends as a name; " + Site)]
    [InlineData("passthrough: { Proxy.example.org: \"a:1\" }",
        "passthrough.Proxy.example.org (FILE:2): the name is in domains too, so that it would belong to two servers; keep one of the two")]
    [InlineData("passthrough: { www.example.org: { upstream: \"127.0.0.1:443\", proxy_protocol: v2 } }",
        "passthrough.www.example.org (FILE:2): \"127.0.0.1:443\": Heliograph itself listens there (listen: [::]:443), so that "
            + "connections would come back to it; give the other server a port of its own, such as 127.0.0.1:8443")]
    [InlineData("listen: [\"192.0.2.1:8443\"]\npassthrough: { www.example.org: \"192.0.2.1:8443\" }",
        "passthrough.www.example.org (FILE:3): \"192.0.2.1:8443\": Heliograph itself listens there (listen: 192.0.2.1:8443), so that "
            + "connections would come back to it; give the other server a port of its own, such as 127.0.0.1:8443")]
    [InlineData("trusted_proxies: [10.0.0.1/8]",
        "trusted_proxies.0 (FILE:2): \"10.0.0.1/8\": the address has bits beyond the first 8; write a single address without a /; "
        + Network)]
    [InlineData("trusted_proxies: [10.0.0.0/33]", "trusted_proxies.0 (FILE:2): \"10.0.0.0/33\": not a network; " + Network)]
    [InlineData("trusted_proxies: [\"0.0.0.0/0\"]",
        "trusted_proxies.0 (FILE:2): \"0.0.0.0/0\": the whole internet: anyone could then claim any address; " + Network)]
    [InlineData("trusted_proxies: [\"::/0\"]",
        "trusted_proxies.0 (FILE:2): \"::/0\": the whole internet: anyone could then claim any address; " + Network)]
    [InlineData("trusted_proxies: [balancer.example]", "trusted_proxies.0 (FILE:2): \"balancer.example\": not a network; " + Network)]
    [InlineData("trusted_proxies: [10.1]", "trusted_proxies.0 (FILE:2): \"10.1\": not a network; " + Network)]
    [InlineData("trusted_proxies: [192.0.2.7, 192.0.2.7/32]",
        "trusted_proxies.1 (FILE:2): \"192.0.2.7/32\": is listed twice; remove one of the two")]
    public void What_cannot_be_is_reported_at_its_place(string yaml, string error) =>
        Assert.Equal([error], Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n"));

    [Fact]
    public void A_default_site_cannot_stand_beside_an_address_whose_clients_send_no_name() =>
        Assert.Equal(
            ["passthrough.default (FILE:2): would take the clients of 192.0.2.1 (domains), who send no name with an IP address; keep one "
                + "of the two"],
            Loaded.Errors("domains: [192.0.2.1]\npassthrough: { default: \"127.0.0.1:8443\" }\n"));

    [Fact]
    public void A_site_at_the_same_port_of_another_address_is_no_circle() =>
        Assert.Single(Loaded.Settings("domains: [a.example]\nlisten: [\"192.0.2.1:443\"]\npassthrough: { www.example.org: "
            + "\"127.0.0.1:443\" }\n").Passthrough);

    [Fact]
    public void What_is_shown_is_a_configuration_that_gives_the_same()
    {
        using var directory = new TempDirectory();
        var first = Loaded.From(directory.Write("c.yaml", """
            domains: [a.example]
            passthrough: { www.example.org: "127.0.0.1:8443", "*.example.net": { upstream: "unix:/run/x.sock", proxy_protocol: v2 } }
            trusted_proxies: [10.0.0.0/8]
            """));
        var shown = EffectiveYaml.Write(first.Settings!, first.Values);
        var second = Loaded.From(directory.Write("d.yaml", shown)).Settings!;

        Assert.Contains("\npassthrough:\n  \"*.example.net\": { upstream: \"unix:/run/x.sock\", proxy_protocol: v2 }  # from ", shown,
            StringComparison.Ordinal);
        Assert.Equal(first.Settings!.Passthrough.AsEnumerable(), second.Passthrough);
        Assert.Equal(first.Settings.TrustedProxies, second.TrustedProxies);
    }
}
