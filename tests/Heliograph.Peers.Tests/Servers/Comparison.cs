using System.Net;
using Heliograph.Testing.Nginx;

namespace Heliograph.Peers.Tests.Servers;

/// <summary>Has the same conversation with both servers, and compares what they sent and how they closed.</summary>
internal static class Comparison
{
    /// <summary>For a connection that stays silent when it should answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Compares, or for a known exception makes sure that it is still one.</summary>
    /// <param name="servers">The pairs of servers.</param>
    /// <param name="group">The group of the conversation, for <see cref="KnownExceptions"/>.</param>
    /// <param name="name">The conversation.</param>
    /// <param name="converse">Has the conversation and tells what the server sent.</param>
    /// <param name="kind">The pair.</param>
    /// <param name="patience">How long a server may take; null: what is enough for one that answers.</param>
    public static async Task CompareAsync(
        PeerServers servers,
        string group,
        string name,
        Func<IPEndPoint, Story, Task> converse,
        PeerKind kind = PeerKind.Ecdsa,
        TimeSpan? patience = null)
    {
        var (nginx, ours) = await servers.GetAsync(kind);
        var isException = KnownExceptions.All.ContainsKey((group, name));
        var visits = new ComparedVisits();
        string[] stories;
        do
        {
            stories = await Task.WhenAll(
                TellAsync(nginx, converse, patience ?? Patience), TellAsync(ours, converse, patience ?? Patience));
        }
        while (visits.Add(stories[0], stories[1]) && !isException);
        TestContext.Current.TestOutputHelper?.WriteLine($"nginx:\n{stories[0]}\n\nours:\n{stories[1]}");
        if (isException)
            Assert.True(stories[0] != stories[1], $"\"{group}: {name}\" is as nginx now: take it off KnownExceptions\n{stories[0]}");
        else
            visits.AssertAreSame();
    }

    /// <summary>The same for many conversations at the same time: it takes as long as the longest.</summary>
    public static async Task CompareAllAsync(
        PeerServers servers,
        string group,
        IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> conversations,
        PeerKind kind = PeerKind.Ecdsa,
        TimeSpan? patience = null)
    {
        var differences = new List<string>();
        await Task.WhenAll(conversations.Select(async conversation =>
        {
            try
            {
                await CompareAsync(servers, group, conversation.Key, conversation.Value, kind, patience);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                lock (differences)
                    differences.Add($"{conversation.Key}: {exception.Message}");
            }
        }));

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static async Task<string> TellAsync(IPEndPoint server, Func<IPEndPoint, Story, Task> converse, TimeSpan patience)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(patience);
        using var story = new Story(bound.Token);
        try
        {
            await converse(server, story);
            return story.Text;
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{server} stays silent after this:\n{story.Text}", exception);
        }
    }
}
