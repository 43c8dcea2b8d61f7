using Heliograph.Configuration;

namespace Heliograph.Tests.Configuration;

public class ProxyAddressTests
{
    [Theory]
    [InlineData("proxy.example.org", "proxy.example.org", 443)]
    [InlineData(" Proxy.Example.ORG. ", "proxy.example.org", 443)]
    [InlineData("proxy.example.org:8443", "proxy.example.org", 8443)]
    [InlineData("bücher.example", "xn--bcher-kva.example", 443)]
    [InlineData("192.0.2.7", "192.0.2.7", 443)]
    [InlineData("192.0.2.7:8443", "192.0.2.7", 8443)]
    [InlineData("2001:DB8::7", "2001:db8::7", 443)]
    [InlineData("[2001:db8::7]", "2001:db8::7", 443)]
    [InlineData("[2001:db8::7]:8443", "2001:db8::7", 8443)]
    [InlineData("https://signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("HTTPS://Signal.Tube/#proxy.example.org:8443", "proxy.example.org", 8443)]
    [InlineData("sgnl://signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("https://signal.tube#[2001:db8::7]:8443", "2001:db8::7", 8443)]
    public void A_proxy_is_named_as_people_write_it(string text, string host, int port)
    {
        Assert.Null(ProxyAddress.Parse(text, out var address));
        Assert.Equal((host, port), (address.Host, address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":443")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("proxy.example.org:65536")]
    [InlineData("proxy.example.org:x")]
    [InlineData("1.2.3")]
    [InlineData("-a.example")]
    [InlineData("https://signal.tube/#")]
    [InlineData("ftp://proxy.example.org")]
    [InlineData("0.0.0.0")]
    public void What_is_no_proxy_is_refused(string text) => Assert.NotNull(ProxyAddress.Parse(text, out _));
}
