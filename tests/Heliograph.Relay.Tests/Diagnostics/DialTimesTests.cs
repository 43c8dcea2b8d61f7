using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Tests.Diagnostics;

public sealed class DialTimesTests
{
    [Fact]
    public void A_time_is_counted_in_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        var times = Count(0, 5, 6, 10_000, 10_001);

        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], times.Buckets);
        Assert.Equal(5, times.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(20_012), times.Sum);
    }

    [Fact]
    public void A_part_of_the_dials_stayed_within_a_bound()
    {
        var times = Count(3, 3, 40, 700);

        Assert.Equal(TimeSpan.FromMilliseconds(5), times.Within(0.5));
        Assert.Equal(TimeSpan.FromMilliseconds(50), times.Within(0.75));
        Assert.Equal(TimeSpan.FromSeconds(1), times.Within(1));
    }

    [Fact]
    public void Without_dials_and_beyond_the_last_bound_nothing_is_said()
    {
        Assert.Null(Count().Within(0.5));
        Assert.Null(Count(20_000).Within(0.5));
    }

    private static DialTimes Count(params IEnumerable<long> milliseconds)
    {
        var counters = new UpstreamCounters();
        foreach (var one in milliseconds)
            counters.Connected(one);
        return counters.Read("").DialTimes;
    }
}
