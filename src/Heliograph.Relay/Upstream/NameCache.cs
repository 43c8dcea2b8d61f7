using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Heliograph.Platform;

namespace Heliograph.Relay.Upstream;

/// <summary>
/// The addresses of upstream hosts. Known addresses are returned at once, refreshed in the background, and kept when the resolver fails:
/// Signal's client allows about three seconds for the whole inner handshake, so a resolver that is down must not delay it. That a name has
/// no address is an answer, and ends those known until then. One query per host at a time.
/// </summary>
internal sealed class NameCache : IDisposable
{
    /// <summary>getaddrinfo(3) gives no TTL; Signal's records have 60 s or more.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    /// <summary>How long after a failure the resolver is asked again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private static readonly IPAddress[] None = [];

    private readonly Resolve resolve;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stopped = new();
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.OrdinalIgnoreCase);

    public NameCache(Resolve resolve, TimeProvider timeProvider)
    {
        this.resolve = resolve;
        this.timeProvider = timeProvider;
    }

    /// <summary>The system's resolver, off the loops.</summary>
    public static Task<IPAddress[]> FromSystem(string host, CancellationToken cancellationToken) =>
        AbsoluteName.ResolveAsync(host, cancellationToken);

    /// <summary>The last known addresses, or the resolver's answer if there are none; empty if it does not come in time.</summary>
    /// <remarks>
    /// Callers ask only for hosts of the route table, the few that were found under a zone, the decoy and other web servers, so these limit
    /// the number of entries.
    /// </remarks>
    public ValueTask<IPAddress[]> FindAsync(string host, TimeSpan timeout)
    {
        if (InternetAddress.TryParse(host, out var literal))
            return new([literal]);
        var entry = entries.GetOrAdd(host, static _ => new Entry());
        var question = entry.Ask(this, host);
        return entry.Known.Length > 0 || question.IsCompleted ? new(entry.Known) : new(WaitAsync(entry, question, timeout));
    }

    /// <summary>Whether a host has addresses, without waiting: asks again in the background when the last answer is not recent.</summary>
    public bool Knows(string host)
    {
        var entry = entries.GetOrAdd(host, static _ => new Entry());
        _ = entry.Ask(this, host);
        return entry.Known.Length > 0;
    }

    /// <summary>Takes an answer that the resolver has just given to somebody else.</summary>
    public void Learn(string host, IPAddress[] addresses) => entries.GetOrAdd(host, static _ => new Entry()).Answered(this, addresses);

    /// <summary>Forgets all other hosts.</summary>
    public void Keep(IReadOnlySet<string> hosts)
    {
        foreach (var host in entries.Keys)
        {
            if (!hosts.Contains(host))
                entries.TryRemove(host, out _);
        }
    }

    /// <summary>Whether a query is going on; for tests.</summary>
    internal bool IsAsking => entries.Values.Any(static entry => entry.IsAsking);

    public void Dispose()
    {
        stopped.Cancel();
        stopped.Dispose();
    }

    private async Task<IPAddress[]> WaitAsync(Entry entry, Task question, TimeSpan timeout)
    {
        try
        {
            await question.WaitAsync(timeout, timeProvider);
        }
        catch (TimeoutException)
        {
            return None;
        }
        return entry.Known;
    }

    private sealed class Entry
    {
        private readonly Lock gate = new();
        private Task? question;
        private long? askAgainAfter;

        public IPAddress[] Known { get; private set; } = None;

        public bool IsAsking
        {
            get
            {
                lock (gate)
                    return question is not null;
            }
        }

        /// <summary>Asks the resolver, unless a query is going on or the last answer is recent.</summary>
        /// <returns>The query; a completed task if it is too early to ask.</returns>
        public Task Ask(NameCache cache, string host)
        {
            lock (gate)
            {
                if (question is not null)
                    return question;
                if (askAgainAfter is { } moment && cache.timeProvider.GetTimestamp() < moment)
                    return Task.CompletedTask;
                // In a task of its own: an answer that comes at once must not be handled under the lock.
                return question = Task.Run(() => AskAsync(cache, host));
            }
        }

        private async Task AskAsync(NameCache cache, string host)
        {
            IPAddress[]? answer = null;
            try
            {
                answer = await cache.resolve(host, cache.stopped.Token);
            }
            catch (SocketException exception) when (AbsoluteName.IsMissing(exception))
            {
                answer = None;
            }
            catch (Exception exception)
                when (exception is SocketException or OperationCanceledException or ArgumentException or ObjectDisposedException)
            {
                // The last known addresses remain in use.
            }
            Answered(cache, answer);
        }

        /// <param name="cache">Has the clock.</param>
        /// <param name="answer">Null: there was none, and the last known addresses remain in use.</param>
        public void Answered(NameCache cache, IPAddress[]? answer)
        {
            lock (gate)
            {
                Known = answer ?? Known;
                var wait = answer is { Length: > 0 } ? FreshFor : RetryAfter;
                askAgainAfter = cache.timeProvider.GetTimestamp() + (long)(wait.TotalSeconds * cache.timeProvider.TimestampFrequency);
                question = null;
            }
        }
    }
}
