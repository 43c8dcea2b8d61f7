using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Tests.Diagnostics;

public sealed class RoundedCountTests
{
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 8)]
    [InlineData(7, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    [InlineData(1_000_001, 1_000_008)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Counts_are_rounded_up_to_the_next_multiple_of_eight_and_0_stays_0(long exact, long rounded) =>
        Assert.Equal(rounded, RoundedCount.Up(exact));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1_000_000)]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(1_000_001, 2_000_000)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Bytes_are_rounded_up_to_the_next_megabyte(long exact, long rounded) => Assert.Equal(rounded, RoundedCount.UpBytes(exact));

    [Fact]
    public void What_is_rounded_stays_as_it_is()
    {
        for (var exact = 0L; exact < 100; exact++)
            Assert.Equal(RoundedCount.Up(exact), RoundedCount.Up(RoundedCount.Up(exact)));
    }
}
