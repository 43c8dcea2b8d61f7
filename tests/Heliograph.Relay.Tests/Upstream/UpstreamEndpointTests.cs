using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Tests.Upstream;

public sealed class UpstreamEndpointTests
{
    [Theory]
    [InlineData("127.0.0.1:19000")]
    [InlineData("chat.signal.org:443")]
    [InlineData("localhost:1")]
    [InlineData("[::1]:65535")]
    [InlineData("unix:/run/site.sock")]
    public void What_the_syntax_says_is_read_and_written_back(string text)
    {
        Assert.True(UpstreamEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(text, endpoint.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("chat.signal.org")]
    [InlineData("chat.signal.org:")]
    [InlineData("chat.signal.org:0")]
    [InlineData("chat.signal.org:65536")]
    [InlineData("chat.signal.org:+1")]
    [InlineData(":443")]
    [InlineData("::1:443")]
    [InlineData("[127.0.0.1]:443")]
    [InlineData("[nonsense]:443")]
    [InlineData("a b:443")]
    [InlineData("0127.0.0.1:443")]
    [InlineData("127.1:443")]
    [InlineData("0x7f000001:443")]
    [InlineData("2130706433:443")]
    [InlineData("[fe80::1%lo]:443")]
    [InlineData("[::ffff:010.0.0.1]:443")]
    [InlineData("unix:")]
    [InlineData("unix:relative.sock")]
    [InlineData("unix:/with\0zero")]
    public void Anything_else_is_refused(string? text) => Assert.False(UpstreamEndpoint.TryParse(text, out _));

    [Fact]
    public void A_unix_path_that_the_kernel_cannot_take_is_refused()
    {
        Assert.True(UpstreamEndpoint.TryParse("unix:/" + new string('a', UpstreamEndpoint.LongestUnixPath - 1), out _));
        Assert.False(UpstreamEndpoint.TryParse("unix:/" + new string('a', UpstreamEndpoint.LongestUnixPath), out _));
    }
}
