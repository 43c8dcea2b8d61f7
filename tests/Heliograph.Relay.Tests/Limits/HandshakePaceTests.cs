using Heliograph.Relay.Limits;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Limits;

public sealed class HandshakePaceTests
{
    private readonly ManualTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly HandshakePace pace;

    public HandshakePaceTests()
    {
        pace = new HandshakePace(time) { PerSecond = 10 };
    }

    [Fact]
    public void A_quiet_second_allows_as_many_at_once_as_a_second_may_have()
    {
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(TimeSpan.Zero, Reserve()));
        Assert.Equal(TimeSpan.FromMilliseconds(100), Reserve());
    }

    [Fact]
    public void Clients_that_come_together_are_served_at_the_rate_and_one_that_would_wait_too_long_is_refused()
    {
        var waits = new List<TimeSpan>();
        while (pace.TryReserveSlot(out var wait))
            waits.Add(wait);

        // A second's worth at once, and 5 s of waiting.
        Assert.Equal(
            [.. Enumerable.Repeat(0, 10), .. Enumerable.Range(1, 50)],
            waits.Select(static wait => (int)Math.Round(wait.TotalMilliseconds / 100)));
        Assert.Equal(HandshakePace.LongestWait, waits[^1]);
        Assert.False(pace.TryReserveSlot(out _));
    }

    [Fact]
    public void One_more_is_served_as_soon_as_its_time_has_come()
    {
        while (pace.TryReserveSlot(out _))
        {
        }
        time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(HandshakePace.LongestWait, Reserve());
        Assert.False(pace.TryReserveSlot(out _));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, Reserve());
    }

    [Fact]
    public void Without_a_limit_nobody_waits()
    {
        pace.PerSecond = 0;
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(TimeSpan.Zero, Reserve()));
    }

    private TimeSpan Reserve()
    {
        Assert.True(pace.TryReserveSlot(out var wait));
        return wait;
    }
}
