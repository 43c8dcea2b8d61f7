using Heliograph.Certificates;

namespace Heliograph.Tests.Certificates;

/// <summary>What several orders at once ask the ports to answer.</summary>
public sealed class ChallengePortsTests
{
    /// <summary>Two machines with one account may get the same token: an authority may reuse an authorization that is pending.</summary>
    [Fact]
    public void The_end_of_one_order_takes_no_answer_of_another_away()
    {
        var ports = new ChallengePorts();
        var first = ports.Serve("token", "token.first");
        var second = ports.Serve("token", "token.second");
        Assert.Equal("token.second", ports.KeyAuthorization("token"));
        first.Dispose();
        Assert.Equal("token.second", ports.KeyAuthorization("token"));
        first = ports.Serve("token", "token.first");
        second.Dispose();
        Assert.Equal("token.first", ports.KeyAuthorization("token"));
        first.Dispose();
        Assert.Null(ports.KeyAuthorization("token"));
    }
}
