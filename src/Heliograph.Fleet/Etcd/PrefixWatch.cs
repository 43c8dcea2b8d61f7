using System.Runtime.CompilerServices;

namespace Heliograph.Fleet.Etcd;

/// <summary>
/// Follows all keys below a prefix, for ever: reads them, watches, and when the watch breaks reads them again and watches on from the
/// revision after the last one it was told. So no event is lost while etcd has it, and none that it has compacted away, or lost with its
/// data, leaves the reader with an old state.
/// </summary>
public sealed class PrefixWatch
{
    /// <summary>Short, because a certificate has to reach everybody within 2 s after etcd is back.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly EtcdClient client;
    private readonly TimeProvider timeProvider;
    private readonly string prefix;

    /// <summary>The revision after the last one that was told; 0 before the first.</summary>
    private long next;

    public PrefixWatch(EtcdClient client, string prefix, TimeProvider timeProvider)
    {
        this.client = client;
        this.prefix = prefix;
        this.timeProvider = timeProvider;
    }

    public async IAsyncEnumerable<WatchStep> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (true)
        {
            var (whole, away) = await TryAsync(() => client.RangeAsync(prefix, cancellationToken));
            var (connection, refused) = whole is null ? (null, away) : await TryAsync(() => OpenAsync(whole.Revision, cancellationToken));
            if (whole is not null && refused is null)
                yield return new WatchStep { Whole = whole.Found };
            using (connection)
            {
                while (connection is not null)
                {
                    (var answer, refused) = await TryAsync(() => connection.ReadAsync(cancellationToken));
                    if (answer is { Canceled: true })
                        refused = Cancel(answer);
                    if (answer is null or { Canceled: true })
                        break;
                    pause = ShortestPause;
                    if (Follow(answer) is { Count: > 0 } events)
                        yield return new WatchStep { Events = events };
                }
            }
            if (refused is not null)
                yield return new WatchStep { Away = refused };
            await PauseAsync(pause, cancellationToken);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private Task<WatchConnection> OpenAsync(long revision, CancellationToken cancellationToken)
    {
        // A store that is behind what was told has lost its data, or was restored: its events count anew. One that was never read either.
        if (next == 0 || next > revision + 1)
            next = revision + 1;
        return client.OpenWatchAsync(prefix, next, cancellationToken);
    }

    /// <returns>Why etcd ended the watch, unless it has only compacted what it should have told.</returns>
    private FleetException? Cancel(WatchAnswer answer)
    {
        if (answer.CompactRevision == 0)
            return EtcdRefusals.Explain(answer.CancelReason);
        next = 0;
        return null;
    }

    private List<WatchEvent> Follow(WatchAnswer answer)
    {
        var events = new List<WatchEvent>();
        foreach (var message in answer.Events ?? [])
        {
            if (message?.Kv is not { } raw)
                continue;
            var current = EtcdClient.Read(raw);
            events.Add(new WatchEvent(current.Key, current.ModRevision, message.Type == "DELETE" ? null : current));
            // All of a revision comes together, unless the answer was too large for one piece.
            next = Math.Max(next, current.ModRevision + (answer.Fragment ? 0 : 1));
        }
        return events;
    }

    /// <summary>Not all at once: each of many machines waits for another part of the time.</summary>
    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), timeProvider, cancellationToken);

    private static async Task<(T? Answer, FleetException? Failure)> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return (await ask(), null);
        }
        catch (FleetException exception)
        {
            return (default, exception);
        }
    }
}
