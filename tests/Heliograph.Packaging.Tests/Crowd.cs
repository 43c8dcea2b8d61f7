using System.Net;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>Visitors who get the first page again and again, until they are told to end.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource enough = new();
    private readonly IReadOnlyList<Task<string?>> visitors;
    private int answers;

    public Crowd(IPEndPoint endpoint, int size) =>
        visitors = [.. Enumerable.Range(0, size).Select(_ => VisitAgainAndAgainAsync(endpoint))];

    /// <summary>The pages that all of them together have got.</summary>
    public int Answers => Volatile.Read(ref answers);

    /// <summary>One of them did not get the page. <see cref="EndAsync"/> says why.</summary>
    public bool HasFailed => visitors.Any(static visitor => visitor.IsCompleted);

    /// <summary>Waits until they have got some more pages, or until one of them has failed.</summary>
    public Task AnsweredAsync(int more)
    {
        var target = Answers + more;
        return Polling.UntilAsync(() => HasFailed || Answers >= target, Limit, $"{more} more pages have not come within {Limit}");
    }

    /// <summary>Lets each finish its last visit. Everybody must have got every page.</summary>
    public async Task EndAsync()
    {
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(visitors), Assert.Null);
    }

    public void Dispose()
    {
        enough.Cancel();
        enough.Dispose();
    }

    /// <returns>The failure, or null if every visit brought the page.</returns>
    private async Task<string?> VisitAgainAndAgainAsync(IPEndPoint endpoint)
    {
        // Taken now: what it came from may be disposed of before the last visit ends.
        var cancellationToken = enough.Token;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var answer = await Visitor.VisitAsync(endpoint);
                if (!answer.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal))
                    return answer;
                Interlocked.Increment(ref answers);
            }
            return null;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
