using System.Buffers;
using Heliograph.Web.Http;

namespace Heliograph.Web.Tests.Http;

public sealed class SslBufferTests
{
    /// <summary>As with RST_STREAM behind an answer that did not wait for the request's body.</summary>
    [Fact]
    public void What_came_behind_a_chain_leaves_with_the_next_one_though_nothing_follows()
    {
        var buffer = new SslBuffer();
        buffer.Writer.Write(new byte[150]);
        buffer.EndChain();
        buffer.Writer.Write(new byte[13]);
        buffer.Release();
        Assert.Equal((0, 13), (buffer.Ready, buffer.Length));

        buffer.EndChain();
        Assert.Equal(13, buffer.Ready);
    }
}
