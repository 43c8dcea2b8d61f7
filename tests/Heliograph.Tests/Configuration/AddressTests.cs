namespace Heliograph.Tests.Configuration;

/// <summary>
/// Every setting that takes an address refuses what inet_pton(3) refuses: "010.0.0.5" is 8.0.0.5 to some programs and 10.0.0.5 to others.
/// </summary>
public sealed class AddressTests
{
    private const string Octal = "has a number with a leading zero, which some programs read as octal; ";
    private const string Zone = "has a zone (after the %), which means something on one machine only; leave it out";

    [Theory]
    [InlineData("trusted_proxies: [\"010.0.0.0/8\"]", "trusted_proxies.0", "010.0.0.0/8", Octal + "write 10.0.0.0 if you mean that")]
    [InlineData("trusted_proxies: [\"192.168.010.1\"]", "trusted_proxies.0", "192.168.010.1",
        Octal + "write 192.168.10.1 if you mean that")]
    [InlineData("trusted_proxies: [\"0x0a.0.0.0/8\"]", "trusted_proxies.0", "0x0a.0.0.0/8", "not a network")]
    [InlineData("trusted_proxies: [\"10.0.0.0/08\"]", "trusted_proxies.0", "10.0.0.0/08", "not a network")]
    [InlineData("trusted_proxies: [\"fe80::1%lo\"]", "trusted_proxies.0", "fe80::1%lo", Zone)]
    [InlineData("trusted_proxies: [\"[2001:db8::]/32\"]", "trusted_proxies.0", "[2001:db8::]/32", "not a network")]
    [InlineData("trusted_proxies: [\"::ffff:010.0.0.1\"]", "trusted_proxies.0", "::ffff:010.0.0.1",
        Octal + "write ::ffff:10.0.0.1 if you mean that")]
    [InlineData("listen: [\"0127.0.0.1:443\"]", "listen.0", "0127.0.0.1:443", Octal + "write 127.0.0.1 if you mean that")]
    [InlineData("listen: [\"127.0.0.0x1:443\"]", "listen.0", "127.0.0.0x1:443",
        "not an IP address with a port; a name cannot be listened on")]
    [InlineData("listen: [\"[fe80::1%lo]:443\"]", "listen.0", "[fe80::1%lo]:443", Zone)]
    [InlineData("http: { listen: [\"0127.0.0.1:80\"] }", "http.listen.0", "0127.0.0.1:80", Octal + "write 127.0.0.1 if you mean that")]
    [InlineData("metrics: { listen: [\"0127.0.0.1:9464\"] }", "metrics.listen.0", "0127.0.0.1:9464",
        Octal + "write 127.0.0.1 if you mean that")]
    [InlineData("alerts: { self_check_address: \"010.0.0.5:8443\" }", "alerts.self_check_address", "010.0.0.5:8443",
        Octal + "write 10.0.0.5 if you mean that")]
    [InlineData("alerts: { self_check_address: \"[fe80::1%lo]:8443\" }", "alerts.self_check_address", "[fe80::1%lo]:8443", Zone)]
    [InlineData("routes: { hosts: { a.example: \"010.0.0.5:443\" } }", "routes.hosts.a.example", "010.0.0.5:443",
        Octal + "write 10.0.0.5 if you mean that")]
    [InlineData("routes: { hosts: { a.example: \"127.1:443\" } }", "routes.hosts.a.example", "127.1:443", "not an endpoint")]
    [InlineData("routes: { hosts: { a.example: \"0x7f000001:443\" } }", "routes.hosts.a.example", "0x7f000001:443", "not an endpoint")]
    [InlineData("routes: { hosts: { a.example: \"[fe80::1%lo]:443\" } }", "routes.hosts.a.example", "[fe80::1%lo]:443", Zone)]
    [InlineData("decoy: { upstream: \"0127.0.0.1:80\" }", "decoy.upstream", "0127.0.0.1:80",
        Octal + "write 127.0.0.1 if you mean that")]
    [InlineData("passthrough: { www.example.org: \"0127.0.0.1:8443\" }", "passthrough.www.example.org", "0127.0.0.1:8443",
        Octal + "write 127.0.0.1 if you mean that")]
    [InlineData("alerts: { webhook: \"https://010.0.0.5/x\" }", "alerts.webhook", "********",
        Octal + "write 10.0.0.5 if you mean that")]
    [InlineData("acme: { directory: \"https://0x7f000001/dir\" }", "acme.directory", "https://0x7f000001/dir",
        "its host is neither a name nor an IP address")]
    public void An_address_that_programs_read_differently_is_refused(string yaml, string key, string value, string problem) =>
        Assert.StartsWith(
            $"{key} (FILE:2): \"{value}\": {problem}; allowed: ",
            Assert.Single(Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("192.168.010.001", Octal + "write 192.168.10.1 if you mean that")]
    [InlineData("fe80::1%eth0", Zone)]
    [InlineData("2001:db8::7%1", Zone)]
    [InlineData("127.1", "neither a host name nor an IP address")]
    [InlineData("0x7f000001", "neither a host name nor an IP address")]
    public void A_domain_that_programs_read_differently_is_refused(string domain, string problem) =>
        Assert.Equal(
            [$"domains.0 (FILE:1): \"{domain}\": {problem}; allowed: a DNS name such as proxy.example.org, or an IP address"],
            Loaded.Errors($"domains: [\"{domain}\"]\n"));

    [Theory]
    [InlineData("acme: { dns: { rfc2136: { server: \"010.0.0.53\", key_name: k, key_secret: QUJD } } }", "acme.dns.rfc2136.server")]
    [InlineData("acme: { dns: { visible_at: [\"010.0.0.53:53\"] } }", "acme.dns.visible_at")]
    [InlineData("acme: { dns: { visible_at: [\"10.53\"] } }", "acme.dns.visible_at")]
    [InlineData("acme: { dns: { visible_at: [\"fe80::1%lo\"] } }", "acme.dns.visible_at")]
    public void A_name_servers_address_that_programs_read_differently_is_refused(string yaml, string key) =>
        Assert.StartsWith(
            $"{key} (FILE:2): ", Assert.Single(Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n")), StringComparison.Ordinal);

    [Fact]
    public void The_environment_is_read_as_strictly() =>
        Assert.StartsWith(
            $"trusted_proxies.0 (HELIOGRAPH__TRUSTED_PROXIES): \"010.0.0.0/8\": {Octal}",
            Assert.Single(Loaded.Errors("domains: [proxy.example.org]\n", ("HELIOGRAPH__TRUSTED_PROXIES", "010.0.0.0/8"))),
            StringComparison.Ordinal);
}
