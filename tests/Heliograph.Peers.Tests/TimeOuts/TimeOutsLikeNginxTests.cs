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
    public async Task A_client_that_stops_is_left_as_by_nginx()
    {
        var differences = new List<string>();
        await Task.WhenAll(TimeOutCases.All.Select(async wait =>
        {
            try
            {
                await Comparison.CompareAsync(servers, "time-out", wait.Key, wait.Value, patience: Patience);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                lock (differences)
                    differences.Add($"{wait.Key}: {exception.Message}");
            }
        }));

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
