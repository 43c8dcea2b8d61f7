using Heliograph.Relay.Limits;

namespace Heliograph.Relay.Tests.Limits;

public sealed class ConnectionLimitTests
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public void A_small_VPS_is_limited_by_its_memory() =>
        Assert.Equal(8_192, ConnectionLimit.Derive(descriptors: 524_288, memory: Gibibyte / 2));

    [Fact]
    public void A_large_machine_is_limited_by_its_descriptors() =>
        Assert.Equal((20_000 - 100) / 3, ConnectionLimit.Derive(descriptors: 20_000, memory: 64 * Gibibyte));

    [Fact]
    public void There_is_always_room_for_one() => Assert.Equal(1, ConnectionLimit.Derive(descriptors: 20, memory: 1));

    [Fact]
    public void No_limit_at_all_does_not_overflow() => Assert.Equal(int.MaxValue, ConnectionLimit.Derive(long.MaxValue, long.MaxValue));

    [Theory]
    // A Signal client keeps two connections: 3,000 and more of them behind one carrier's address on the smallest machine, twice as many on
    // the next.
    [InlineData(512, 3_072 * 2)]
    [InlineData(1024, 6_144 * 2)]
    [InlineData(4096, 24_576 * 2)]
    public void All_users_of_a_proxy_may_be_behind_one_address_of_their_carrier(int mebibytes, int connections) =>
        Assert.Equal(
            connections, ConnectionLimit.PerSource(ConnectionLimit.Derive(descriptors: 1_048_576, memory: mebibytes * 1024L * 1024)));

    [Fact]
    public void A_quarter_is_left_for_everybody_else_unless_there_is_next_to_nothing()
    {
        Assert.Equal(750, ConnectionLimit.PerSource(1000));
        Assert.Equal(64, ConnectionLimit.PerSource(12));
    }
}
