using Heliograph.Sharing;

namespace Heliograph.Tests.Configuration;

/// <summary>What <c>heliograph link HOST</c> takes.</summary>
public sealed class ShareLinkTests
{
    [Theory]
    [InlineData("proxy.example.org", "https://signal.tube/#proxy.example.org")]
    [InlineData("proxy.example.org:8443", "https://signal.tube/#proxy.example.org:8443")]
    [InlineData("192.0.2.7:8443", "https://signal.tube/#192.0.2.7:8443")]
    [InlineData("2001:db8::7", "https://signal.tube/#[2001:db8::7]")]
    [InlineData("[2001:db8::7]", "https://signal.tube/#[2001:db8::7]")]
    [InlineData("[2001:db8::7]:8443", "https://signal.tube/#[2001:db8::7]:8443")]
    public void A_name_or_an_address_with_or_without_a_port_is_taken(string text, string url)
    {
        Assert.Null(ShareLink.Parse(text, out var link));
        Assert.Equal(url, link!.Url);
    }

    [Theory]
    [InlineData("010.0.0.5")]
    [InlineData("010.0.0.5:8443")]
    [InlineData("127.1")]
    [InlineData("[fe80::1%lo]:8443")]
    [InlineData("fe80::1%lo")]
    public void An_address_that_programs_read_differently_is_refused(string text) => Assert.NotNull(ShareLink.Parse(text, out _));
}
