using Heliograph.Configuration;

namespace Heliograph.Tests.Configuration;

public sealed class ByteSizesTests
{
    [Theory]
    [InlineData("off", 0)]
    [InlineData("20MB", 20_000_000)]
    [InlineData("20MiB", 20_971_520)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("100Mbit", 12_500_000)]
    [InlineData("512KiB", 524_288)]
    [InlineData("100000B", 100_000)]
    public void Bytes_and_bits_are_read(string text, long bytes)
    {
        Assert.Null(ByteSizes.OrOff(ByteSizes.Rate(1, long.MaxValue))(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData(0, "off")]
    [InlineData(64_000, "64KB")]
    [InlineData(128_000, "128KB")]
    [InlineData(524_288_000, "500MiB")]
    [InlineData(12_500_000, "12500KB")]
    [InlineData(1_073_741_824, "1GiB")]
    [InlineData(1_500_000_000_000, "1500GB")]
    [InlineData(1_000_001, "1000001B")]
    public void A_size_is_written_as_short_as_can_be_and_read_as_the_same(long bytes, string text)
    {
        Assert.Equal(text, ByteSizes.Write(bytes));
        Assert.Null(ByteSizes.OrOff(ByteSizes.Size(1, long.MaxValue))(text, out var value));
        Assert.Equal(bytes, value);
    }
}
