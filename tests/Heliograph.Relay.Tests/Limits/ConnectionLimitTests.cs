using Heliograph.Relay.Limits;

namespace Heliograph.Relay.Tests.Limits;

public sealed class ConnectionLimitTests
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public void A_small_VPS_is_limited_by_its_memory() => Assert.Equal(4096, ConnectionLimit.Derive(descriptors: 524_288, memory: Gibibyte / 2));

    [Fact]
    public void A_large_machine_is_limited_by_its_descriptors() => Assert.Equal((20_000 - 100) / 3, ConnectionLimit.Derive(descriptors: 20_000, memory: 64 * Gibibyte));

    [Fact]
    public void There_is_always_room_for_one() => Assert.Equal(1, ConnectionLimit.Derive(descriptors: 20, memory: 1));

    [Fact]
    public void No_limit_at_all_does_not_overflow() => Assert.Equal(int.MaxValue, ConnectionLimit.Derive(long.MaxValue, long.MaxValue));
}
