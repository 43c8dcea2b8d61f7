using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Tests.Loop;

public sealed class EventLoopTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly List<Exception> defects = [];
    private readonly EventLoop loop;

    public EventLoopTests()
    {
        loop = new EventLoop("test", TimeProvider.System, defects.Add);
    }

    public void Dispose() => loop.Dispose();

    [Fact]
    public async Task What_is_posted_runs_on_the_loops_thread_in_order()
    {
        loop.Start();
        var ran = new List<int>();
        var threads = new HashSet<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            loop.Post(() =>
            {
                ran.Add(number);
                threads.Add(Environment.CurrentManagedThreadId);
                if (number == 999)
                    done.SetResult();
            });
        }
        await done.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 1000), ran);
        Assert.Single(threads);
    }

    [Fact]
    public async Task A_defect_in_one_action_is_reported_and_the_others_continue()
    {
        loop.Start();
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => throw new InvalidOperationException("on purpose"));
        loop.Post(after.SetResult);
        await after.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal("on purpose", Assert.Single(defects).Message);
    }

    [Fact]
    public async Task A_task_that_ended_elsewhere_returns_to_the_loop()
    {
        loop.Start();
        var before = 0;
        var after = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => _ = HopAsync());
        await done.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(before, after);

        async Task HopAsync()
        {
            before = Environment.CurrentManagedThreadId;
            await Task.Run(static () => Task.CompletedTask);
            await loop.Enter();
            after = Environment.CurrentManagedThreadId;
            done.SetResult();
        }
    }

    [Fact]
    public async Task Deadlines_pass_in_the_order_of_arming_and_a_disarmed_one_never_does()
    {
        var queue = loop.CreateDeadlines(TimeSpan.FromMilliseconds(30));
        var passed = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new Deadline(new Owner(() => passed.Add("first")));
        var disarmed = new Deadline(new Owner(() => passed.Add("disarmed")));
        var last = new Deadline(new Owner(() =>
        {
            passed.Add("last");
            done.SetResult();
        }));
        loop.Start();
        loop.Post(() =>
        {
            queue.Arm(first);
            queue.Arm(disarmed);
            queue.Arm(last);
            disarmed.Disarm();
        });
        await done.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(["first", "last"], passed);
        Assert.Equal(long.MaxValue, queue.Next);
    }

    [Fact]
    public async Task Rearming_moves_a_deadline_behind_the_others_and_out_of_another_queue()
    {
        var quick = loop.CreateDeadlines(TimeSpan.FromMilliseconds(1));
        var slow = loop.CreateDeadlines(TimeSpan.FromMilliseconds(40));
        var passed = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var moved = new Deadline(new Owner(() =>
        {
            passed.Add("moved");
            done.SetResult();
        }));
        var stays = new Deadline(new Owner(() => passed.Add("stays")));
        loop.Start();
        loop.Post(() =>
        {
            quick.Arm(moved);
            slow.Arm(moved);
            slow.Arm(stays);
            quick.Arm(moved);
            slow.Arm(moved);
        });
        await done.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(["stays", "moved"], passed);
    }

    private sealed class Owner(Action expired) : IDeadlineOwner
    {
        public void Expired() => expired();
    }
}
