using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Heliograph.Relay.Upstream;

/// <summary>Asks the system's resolver; a seam for the tests.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

/// <summary>
/// The addresses of upstream hosts. What is known is answered at once, refreshed behind the answer, and kept when the resolver fails: Signal's client
/// gives the whole inner handshake about three seconds, and a resolver that is down must not be felt. One question per host at a time.
/// </summary>
internal sealed class NameCache : IDisposable
{
    /// <summary>getaddrinfo(3) tells no TTL; Signal's records have 60 s or more.</summary>
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
        Dns.GetHostAddressesAsync(host, cancellationToken);

    /// <summary>The addresses last known, or the resolver's answer when none are; empty when there is none in time.</summary>
    /// <remarks>Callers ask for hosts of the route table and the decoy only, so the number of entries is theirs.</remarks>
    public ValueTask<IPAddress[]> FindAsync(string host, TimeSpan timeout)
    {
        if (IPAddress.TryParse(host, out var literal))
            return new([literal]);
        var entry = entries.GetOrAdd(host, static _ => new Entry());
        var question = entry.Ask(this, host);
        return entry.Known.Length > 0 || question.IsCompleted ? new(entry.Known) : new(WaitAsync(entry, question, timeout));
    }

    /// <summary>Forgets all other hosts.</summary>
    public void Keep(IReadOnlySet<string> hosts)
    {
        foreach (var host in entries.Keys)
        {
            if (!hosts.Contains(host))
                entries.TryRemove(host, out _);
        }
    }

    /// <summary>Whether the resolver owes an answer; for tests, which wait until it does not.</summary>
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

        /// <summary>Asks the resolver if nobody does and the last answer is old enough.</summary>
        /// <returns>The question under way; a completed task when it is too early to ask.</returns>
        public Task Ask(NameCache cache, string host)
        {
            lock (gate)
            {
                if (question is not null)
                    return question;
                if (askAgainAfter is { } moment && cache.timeProvider.GetTimestamp() < moment)
                    return Task.CompletedTask;
                // Its own task: an answer that comes at once must not run under the lock.
                return question = Task.Run(() => AskAsync(cache, host));
            }
        }

        private async Task AskAsync(NameCache cache, string host)
        {
            var answer = None;
            try
            {
                answer = await cache.resolve(host, cache.stopped.Token);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ArgumentException or ObjectDisposedException)
            {
                // The addresses last known go on serving.
            }
            lock (gate)
            {
                if (answer.Length > 0)
                    Known = answer;
                var wait = answer.Length > 0 ? FreshFor : RetryAfter;
                askAgainAfter = cache.timeProvider.GetTimestamp() + (long)(wait.TotalSeconds * cache.timeProvider.TimestampFrequency);
                question = null;
            }
        }
    }
}
