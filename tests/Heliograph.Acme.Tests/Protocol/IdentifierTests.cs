using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Tests.Protocol;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("Proxy.Example.ORG", "proxy.example.org", "dns", "proxy.example.org")]
    [InlineData("*.example.org", "*.example.org", "dns", "example.org")]
    [InlineData("192.0.2.7", "192.0.2.7", "ip", "7.2.0.192.in-addr.arpa")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", "ip", "7.2.0.192.in-addr.arpa")]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1", "ip", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void Names_and_addresses_are_brought_into_one_form(string text, string value, string type, string serverName)
    {
        var identifier = Identifier.Parse(text);
        Assert.Equal((value, type, serverName), (identifier.Value, identifier.Type, identifier.ServerName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("1.2.3")]
    [InlineData("192.0.2.300")]
    [InlineData("a..b")]
    [InlineData("-a.example")]
    [InlineData("*.*.example")]
    [InlineData("a.*.example")]
    [InlineData("höhe.example")]
    [InlineData("a b.example")]
    [InlineData("https://a.example")]
    public void What_is_neither_is_refused(string text)
    {
        Assert.False(Identifier.TryParse(text, out _, out var why));
        Assert.NotEmpty(why);
    }
}
