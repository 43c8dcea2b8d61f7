using Heliograph.Peers.Tests.Servers;

namespace Heliograph.Peers.Tests.TimeOuts;

/// <summary>What a client that stops gets in the end, with the limits that nginx and the program have by default.</summary>
[Trait("Needs", "server")]
public sealed class TimeOutsLikeNginxTests(PeerServers servers)
{
    /// <summary>The longest of nginx's is 60 s for a window that stays closed, and 75 s for the client to leave.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    /// <summary>All at once: it takes as long as the longest.</summary>
    [Fact]
    public Task A_client_that_stops_is_left_as_by_nginx() =>
        Comparison.CompareAllAsync(servers, "time-out", TimeOutCases.All, patience: Patience);

    [Fact]
    public async Task A_client_that_sends_nothing_but_PINGs_is_left_after_as_many_as_by_nginx()
    {
        var (nginx, ours) = await servers.GetAsync(PeerKind.Ecdsa);
        var token = TestContext.Current.CancellationToken;
        var counts = await Task.WhenAll(TimeOutCases.CountPingsAsync(nginx, token), TimeOutCases.CountPingsAsync(ours, token));

        TestContext.Current.TestOutputHelper?.WriteLine($"nginx {counts[0]}, ours {counts[1]}");
        // nginx counts how often it is woken; what wakes it beside PINGs is chance.
        Assert.InRange(counts[1], counts[0] - 5, counts[0] + 5);
    }
}
