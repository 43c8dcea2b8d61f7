using System.Diagnostics;
using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>The load that is not delayed by what it measures.</summary>
public sealed class OpenLoopTests
{
    private const int Rate = 1_000;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    [Fact(Timeout = Bound.Test)]
    public async Task Every_message_comes_back_and_is_counted_once()
    {
        using var upstream = new StandInUpstream();
        using var first = Connect(upstream);
        using var second = Connect(upstream);
        var loop = new OpenLoop([first, second], Rate, Length);

        await Task.Run(loop.Run, Bound.Token);

        Assert.Equal((Rate, Rate, Rate), (loop.Messages, loop.Latency.TotalCount, loop.Lateness.TotalCount));
    }

    /// <summary>
    /// One stall of 400 ms in a second. A client that waits for an answer before it asks again sees one late answer in hundreds. In truth
    /// four tenths of the messages wait for 200 ms on average, so that every fifth waits for 200 ms or more.
    /// </summary>
    [Theory(Timeout = Bound.Test)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_holds_still_delays_all_messages_that_were_due_meanwhile(bool alsoHoldsUpTheClient)
    {
        var stall = TimeSpan.FromMilliseconds(400);
        using var connection = new StallingConnection(stall) { BlocksWrites = alsoHoldsUpTheClient };
        var loop = new OpenLoop([connection], Rate, Length);

        await Task.Run(loop.Run, Bound.Token);

        Assert.Equal(Rate, loop.Latency.TotalCount);
        Assert.InRange(loop.Latency.GetValueAtPercentile(99) / 1e6, 0.9 * stall.TotalMilliseconds, double.MaxValue);
        Assert.InRange(loop.Latency.GetValueAtPercentile(85) / 1e6, stall.TotalMilliseconds / 2, double.MaxValue);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_echo_that_is_not_what_was_sent_fails_the_run()
    {
        using var connection = new StallingConnection(TimeSpan.Zero) { Changes = true };

        var failure = await Assert.ThrowsAsync<CompareException>(
            () => Task.Run(new OpenLoop([connection], Rate, Length).Run, Bound.Token));

        Assert.Contains("did not come back as they were sent", failure.Message, StringComparison.Ordinal);
    }

    private static DirectConnection Connect(StandInUpstream upstream)
    {
        var connection = DirectConnection.Open(upstream.Address, new Command(Verb.Mirror, 0));
        connection.StopBlocking();
        return connection;
    }

    /// <summary>A connection whose other end is in this process, and which the thread that sends does not wait for.</summary>
    private sealed class StallingConnection : IMessageConnection
    {
        private readonly StandInUpstream upstream = new();
        private readonly DirectConnection connection;
        private readonly TimeSpan stall;
        private readonly long started = Stopwatch.GetTimestamp();

        public StallingConnection(TimeSpan stall)
        {
            this.stall = stall;
            connection = Connect(upstream);
        }

        public bool Changes { get; init; }

        /// <summary>As if its buffers were full: the first write takes as long as the stall.</summary>
        public bool BlocksWrites { get; init; }

        public int Descriptor => connection.Descriptor;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (BlocksWrites && stall - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
                Thread.Sleep(left);
            connection.Write(bytes);
        }

        /// <summary>As if a server held still at first: nothing can be read.</summary>
        public int ReadAvailable(Span<byte> buffer)
        {
            if (Stopwatch.GetElapsedTime(started) < stall)
                return 0;
            var count = connection.ReadAvailable(buffer);
            if (Changes && count > 0)
                buffer[0] ^= 1;
            return count;
        }

        public void Dispose()
        {
            connection.Dispose();
            upstream.Dispose();
        }
    }
}
