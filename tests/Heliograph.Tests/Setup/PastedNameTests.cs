using Heliograph.Setup;

namespace Heliograph.Tests.Setup;

public sealed class PastedNameTests
{
    [Theory]
    [InlineData("proxy.example.org", "proxy.example.org")]
    [InlineData("  proxy.example.org ", "proxy.example.org")]
    [InlineData("proxy.example.org/", "proxy.example.org")]
    [InlineData("https://proxy.example.org", "proxy.example.org")]
    [InlineData("https://proxy.example.org/", "proxy.example.org")]
    [InlineData("HTTPS://Proxy.Example.org:443/path?query#part", "proxy.example.org")]
    [InlineData("http://proxy.example.org", "proxy.example.org")]
    [InlineData("https://user@proxy.example.org/", "proxy.example.org")]
    [InlineData("https://bücher.example/", "xn--bcher-kva.example")]
    [InlineData("https://198.51.100.7/", "198.51.100.7")]
    [InlineData("https://[2001:db8::7]/", "2001:db8::7")]
    [InlineData("https://signal.tube/#proxy.example.org", "proxy.example.org")]
    [InlineData("sgnl://signal.tube/#proxy.example.org", "proxy.example.org")]
    [InlineData("*.example.org", "*.example.org")]
    [InlineData("mailto:you@example.org", "mailto:you@example.org")]
    [InlineData("https://", "https:")]
    [InlineData("", "")]
    public void A_web_address_becomes_its_host_and_nothing_else_changes(string pasted, string name) =>
        Assert.Equal(name, PastedName.Trim(pasted));
}
