using Heliograph.Peers.Tests.Servers;

namespace Heliograph.Peers.Tests.Leaves;

/// <summary>Whether the server answers a client's close_notify with its own.</summary>
[Trait("Needs", "server")]
public sealed class LeavesLikeNginxTests(PeerServers servers)
{
    [Fact]
    public Task A_client_that_takes_leave_is_answered_as_by_nginx() => Comparison.CompareAllAsync(servers, "leave", LeaveCases.All);
}
