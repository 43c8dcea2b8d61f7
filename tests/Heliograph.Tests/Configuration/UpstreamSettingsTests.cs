using Heliograph.Relay.Upstream;

namespace Heliograph.Tests.Configuration;

public sealed class UpstreamSettingsTests
{
    private const string Proxy = "domains: [proxy.example.org]\n";

    [Theory]
    [InlineData("socks5://192.0.2.7:1080", UpstreamProxyProtocol.Socks5, "socks5://192.0.2.7:1080")]
    [InlineData("socks5://[2001:db8::7]:1080", UpstreamProxyProtocol.Socks5, "socks5://[2001:db8::7]:1080")]
    [InlineData("http://way.example.org:8888/", UpstreamProxyProtocol.HttpConnect, "http://way.example.org:8888")]
    public void A_proxy_is_a_protocol_a_host_and_a_port(string text, UpstreamProxyProtocol protocol, string shown)
    {
        var proxy = Loaded.Settings($"{Proxy}upstream: {{ proxy: \"{text}\" }}\n").Upstream.Proxy!;
        Assert.Equal((protocol, shown, null, null), (proxy.Protocol, proxy.ToString(), proxy.User, proxy.Password));
    }

    [Theory]
    [InlineData("192.0.2.7:1080", "the protocol is missing")]
    [InlineData("socks4://192.0.2.7:1080", "the protocol is neither socks5 nor http")]
    [InlineData("socks5h://192.0.2.7:1080", "write socks5: the proxy always resolves the names")]
    [InlineData("https://way.example.org:443", "a proxy that is spoken to in TLS is not supported")]
    [InlineData("socks5://way.example.org", "it does not end in a host and a port")]
    [InlineData("socks5://010.0.0.5:1080", "leading zero")]
    [InlineData("socks5://unix:/run/proxy.sock", "a unix socket is no proxy's")]
    [InlineData("http://bridge:secret@way.example.org:8888", "must not hold a user name or password")]
    public void What_is_no_such_proxy_is_refused_with_what_is_wrong(string text, string problem)
    {
        var error = Assert.Single(Loaded.Errors($"{Proxy}upstream: {{ proxy: \"{text}\" }}\n"));
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.Contains("allowed: socks5://HOST:PORT or http://HOST:PORT", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_may_be_in_the_environment()
    {
        var settings = Loaded.Settings(
            Proxy + "upstream: { proxy: 'http://192.0.2.7:8888', proxy_user: bridge }\n",
            ("HELIOGRAPH__UPSTREAM__PROXY_PASSWORD", "correct horse"));
        Assert.Equal(("bridge", "correct horse"), (settings.Upstream.Proxy!.User, settings.Upstream.Proxy.Password));
    }

    [Theory]
    [InlineData("proxy_user: bridge, proxy_password: secret", "upstream.proxy: missing, as upstream.proxy_user is given")]
    [InlineData("proxy: 'socks5://192.0.2.7:1080', proxy_user: bridge", "upstream.proxy_password: missing")]
    [InlineData("proxy: 'socks5://192.0.2.7:1080', proxy_password: secret", "upstream.proxy_user: missing")]
    [InlineData(
        "proxy: 'http://192.0.2.7:8888', proxy_user: 'a:b', proxy_password: secret",
        "has a colon, which no user of an HTTP proxy can have")]
    [InlineData("proxy: 'socks5://127.0.0.1:443'", "Heliograph itself listens there (listen: [::]:443); name another proxy")]
    public void Keys_that_do_not_fit_together_are_refused(string keys, string problem) =>
        Assert.Contains(Loaded.Errors($"{Proxy}upstream: {{ {keys} }}\n"), error => error.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void A_credential_has_at_most_255_bytes()
    {
        foreach (var (length, fits) in ((int, bool)[])[(127, true), (128, false)])
        {
            var password = new string('\u00e9', length);
            var errors = Loaded.Errors(
                $"{Proxy}upstream: {{ proxy: 'socks5://192.0.2.7:1080', proxy_user: a, proxy_password: '{password}' }}\n");
            Assert.Equal(fits, errors.Count == 0);
            Assert.DoesNotContain(errors, static error => error.Contains('\u00e9', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_resolver_has_an_address_and_may_have_those_of_its_host()
    {
        var upstream = Loaded.Settings(
            Proxy + "upstream: { resolver: 'https://dns.example.org/dns-query', resolver_addresses: [192.0.2.53, '2001:db8::53'] }\n")
            .Upstream;
        Assert.Equal("https://dns.example.org/dns-query", upstream.Resolver);
        Assert.Equal(["192.0.2.53", "2001:db8::53"], upstream.ResolverAddresses.Select(static address => address.ToString()));
    }

    [Theory]
    [InlineData("resolver: 'http://dns.example.org/'", "must start with https://")]
    [InlineData("resolver_addresses: [192.0.2.53]", "upstream.resolver: missing, as upstream.resolver_addresses is given")]
    [InlineData("resolver: 'https://dns.example.org/', resolver_addresses: [dns.example.org]", "not an IP address; allowed: an IP address")]
    [InlineData(
        "resolver: 'https://dns.example.org/', proxy: 'socks5://192.0.2.7:1080'",
        "upstream.proxy resolves the names; keep one of the two")]
    public void A_resolver_that_cannot_be_is_refused(string keys, string problem) =>
        Assert.Contains(Loaded.Errors($"{Proxy}upstream: {{ {keys} }}\n"), error => error.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void With_a_proxy_no_host_is_looked_for_under_a_zone_and_whoever_asks_for_it_is_told()
    {
        const string With = Proxy + "upstream: { proxy: 'socks5://192.0.2.7:1080' }\n";
        Assert.Equal(["signal.org"], Loaded.Settings(Proxy).OpenZones);
        Assert.Empty(Loaded.Settings(With).OpenZones);
        Assert.Empty(Loaded.Settings(With + "routes: { zones: off }\n").OpenZones);
        Assert.Contains(
            "no host can be found under a zone, as upstream.proxy resolves the names; write off, or remove one of the two",
            Assert.Single(Loaded.Errors(With + "routes: { zones: { signal.org: public } }\n")),
            StringComparison.Ordinal);
    }
}
