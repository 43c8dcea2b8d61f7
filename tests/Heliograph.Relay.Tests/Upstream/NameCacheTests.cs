using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Upstream;

public sealed class NameCacheTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly NameCache cache;
    private TaskCompletionSource<IPAddress[]> answer = new();
    private int asked;

    public NameCacheTests()
    {
        cache = new NameCache(ResolveAsync, time);
    }

    public void Dispose() => cache.Dispose();

    [Fact]
    public async Task An_address_is_its_own_answer_and_nobody_is_asked()
    {
        Assert.Equal([One], await cache.FindAsync("192.0.2.1", Patience));
        Assert.Equal([IPAddress.IPv6Loopback], await cache.FindAsync("::1", Patience));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Callers_who_ask_at_the_same_time_share_one_query()
    {
        var first = cache.FindAsync("chat.signal.org", Patience).AsTask();
        var second = cache.FindAsync("chat.signal.org", Patience).AsTask();
        answer.SetResult([One]);

        Assert.Equal([One], await first);
        Assert.Equal([One], await second);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Known_addresses_are_returned_at_once_and_refreshed_in_the_background()
    {
        answer.SetResult([One]);
        await cache.FindAsync("chat.signal.org", Patience);
        await AnsweredAsync(1);
        answer = new TaskCompletionSource<IPAddress[]>();
        time.Advance(NameCache.FreshFor);

        var stale = cache.FindAsync("chat.signal.org", Patience);
        Assert.True(stale.IsCompletedSuccessfully);
        Assert.Equal([One], await stale);
        answer.SetResult([Two]);
        await AnsweredAsync(2);

        Assert.Equal([Two], await cache.FindAsync("chat.signal.org", Patience));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task The_last_known_addresses_are_kept_when_the_resolver_fails()
    {
        answer.SetResult([One]);
        await cache.FindAsync("chat.signal.org", Patience);
        await AnsweredAsync(1);
        answer = new TaskCompletionSource<IPAddress[]>();
        answer.SetException(new SocketException((int)SocketError.TryAgain));
        time.Advance(NameCache.FreshFor);
        await cache.FindAsync("chat.signal.org", Patience);
        await AnsweredAsync(2);

        Assert.Equal([One], await cache.FindAsync("chat.signal.org", Patience));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.NoData)]
    public async Task That_a_name_does_not_exist_is_an_answer_and_its_last_known_addresses_are_dropped(SocketError error)
    {
        answer.SetResult([One]);
        await cache.FindAsync("chat.signal.org", Patience);
        await AnsweredAsync(1);
        answer = new TaskCompletionSource<IPAddress[]>();
        answer.SetException(new SocketException((int)error));
        time.Advance(NameCache.FreshFor);
        await cache.FindAsync("chat.signal.org", Patience);
        await AnsweredAsync(2);

        Assert.Empty(await cache.FindAsync("chat.signal.org", Patience));
    }

    [Fact]
    public async Task A_failed_resolver_is_not_asked_again_for_a_while()
    {
        answer.SetException(new SocketException((int)SocketError.TryAgain));
        Assert.Empty(await cache.FindAsync("chat.signal.org", Patience));
        await AnsweredAsync(1);
        Assert.Empty(await cache.FindAsync("chat.signal.org", Patience));
        Assert.Equal(1, asked);

        answer = new TaskCompletionSource<IPAddress[]>();
        answer.SetResult([One]);
        time.Advance(NameCache.RetryAfter);
        Assert.Equal([One], await cache.FindAsync("chat.signal.org", Patience));
    }

    [Fact]
    public async Task A_silent_resolver_costs_no_more_than_the_timeout()
    {
        var waiting = cache.FindAsync("chat.signal.org", TimeSpan.FromSeconds(10)).AsTask();
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(10), Patience);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(await waiting);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref asked);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The cache stores the answer in the background: wait until it has done so.</summary>
    private async Task AnsweredAsync(int questions)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (Volatile.Read(ref asked) < questions || cache.IsAsking)
        {
            bound.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
