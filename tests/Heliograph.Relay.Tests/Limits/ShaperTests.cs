using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Loop;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Limits;

/// <summary>The shaper with readers on a real loop and a clock that the test moves.</summary>
[Collection(nameof(Alone))]
public sealed class ShaperTests : IAsyncDisposable
{
    private const long Rate = 1_024_000;
    private const int Share = 4096;
    private const int Burst = 102_400;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly Shaper shaper;
    private readonly EventLoop loop;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Reader> readers = [];

    public ShaperTests()
    {
        shaper = new Shaper(time);
        shaper.Use(Rate);
        loop = new EventLoop("test", TimeProvider.System, static exception => throw exception);
        loop.Start();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
    }

    [Fact]
    public async Task The_rate_is_held_exactly_whatever_the_number_of_readers()
    {
        await AddAsync(5);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var expected = Burst + (2 * Rate);
        Assert.InRange(readers.Sum(static reader => reader.Bytes), expected - Share, expected + Share);
    }

    [Fact]
    public async Task Everybody_gets_the_same_even_those_who_come_later()
    {
        // The first one takes the burst.
        await AddAsync(3);
        await AssertFairAsync();
        await AddAsync(1);
        await AssertFairAsync();

        async Task AssertFairAsync()
        {
            var before = readers.Select(static reader => reader.Bytes).ToList();
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            var since = readers.Zip(before, static (reader, then) => reader.Bytes - then).ToList();
            Assert.InRange(since.Max() - since.Min(), 0, Share);
        }
    }

    [Fact]
    public async Task What_a_reader_does_not_use_goes_to_the_others_and_nothing_is_lost()
    {
        await AddAsync(1);
        await AddAsync(3, used: 100);
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        var expected = Burst + Rate;
        Assert.InRange(readers.Sum(static reader => reader.Bytes), expected - Share, expected + Share);
        Assert.True(readers[0].Bytes > expected * 9 / 10, $"the reader of full shares got {readers[0].Bytes} bytes");
    }

    [Fact]
    public async Task A_cancelled_waiter_leaves_the_queue_at_once_and_its_share_is_not_lost()
    {
        await AddAsync(3);
        await AdvanceAsync(TimeSpan.FromMilliseconds(200));
        await OnLoopAsync(() => readers[1].Socket.Cancel());
        await OnLoopAsync(static () => { });
        Assert.Equal(2, shaper.Waiting);
        var (before, gone) = (readers.Sum(static reader => reader.Bytes), readers[1].Bytes);

        await AdvanceAsync(TimeSpan.FromSeconds(1), waiting: 2);
        Assert.Equal(gone, readers[1].Bytes);
        Assert.InRange(readers.Sum(static reader => reader.Bytes) - before, Rate - Share, Rate + Share);
    }

    [Fact]
    public async Task Lifting_the_limit_releases_everybody_and_setting_it_takes_effect_at_once()
    {
        await AddAsync(2, until: 10_000_000);
        shaper.Use(0);
        await Task.WhenAll(readers.Select(static reader => reader.Done.Task)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, shaper.Waiting);

        shaper.Use(Rate);
        await AddAsync(1);
        Assert.InRange(readers[2].Bytes, Burst - Share, Burst + Share);
    }

    [Fact]
    public async Task No_timer_runs_while_nobody_waits()
    {
        Assert.Equal(Share, shaper.TryTakeShare());
        shaper.Settle(Share, Share);
        await Assert.ThrowsAsync<TaskCanceledException>(() => time.WaitForTimerAsync(TimeSpan.Zero, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Connections_that_have_ended_leave_nothing_behind()
    {
        await AddAsync(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await OnLoopAsync(() =>
        {
            for (var i = 0; i < 100_000; i++)
                shaper.Withdraw(shaper.Enqueue(loop, readers[0].Socket));
        });

        Assert.Equal(1, shaper.Waiting);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1_000_000);
    }

    public async ValueTask DisposeAsync()
    {
        await OnLoopAsync(() => readers.ForEach(static reader => reader.Socket.Dispose()));
        await OnLoopAsync(static () => { });
        shaper.Dispose();
        loop.Dispose();
        listener.Dispose();
    }

    private async Task AddAsync(int count, int used = Share, long until = long.MaxValue)
    {
        for (var i = 0; i < count; i++)
        {
            await OnLoopAsync(() =>
            {
                var reader = new Reader(shaper, loop, LoopSocket.Connect(loop, listener.LocalEndPoint!, out _)!, used, until);
                readers.Add(reader);
                _ = reader.RunAsync();
            });
        }
        await SettledAsync(null);
    }

    /// <summary>Moves the clock in steps, each after everybody has used the share of the step before.</summary>
    private async Task AdvanceAsync(TimeSpan by, int? waiting = null)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += Step)
        {
            time.Advance(Step);
            await SettledAsync(waiting);
        }
    }

    private async Task SettledAsync(int? waiting)
    {
        using var bound = new CancellationTokenSource(Patience);
        do
        {
            bound.Token.ThrowIfCancellationRequested();
            await OnLoopAsync(static () => { });
        }
        while (shaper.Waiting != (waiting ?? readers.Count(static reader => !reader.Done.Task.IsCompleted)));
    }

    private async Task OnLoopAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            action();
            done.SetResult();
        });
        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads as a relay's direction does, and always finds something.</summary>
    private sealed class Reader(Shaper shaper, EventLoop loop, LoopSocket socket, int used, long until)
    {
        private long bytes;

        public LoopSocket Socket => socket;

        public long Bytes => Volatile.Read(ref bytes);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task RunAsync()
        {
            while (bytes < until)
            {
                var share = shaper.TryTakeShare();
                if (share == 0)
                {
                    var turn = shaper.Enqueue(loop, socket);
                    if (!await socket.Held())
                    {
                        shaper.Withdraw(turn);
                        return;
                    }
                    share = turn.Share;
                }
                Volatile.Write(ref bytes, bytes + used);
                shaper.Settle(share, used);
            }
            Done.SetResult();
        }
    }
}
