using System.Net;
using Heliograph.Relay.Access;
using Heliograph.Relay.Listening;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Access;

/// <summary>Sets of addresses.</summary>
public sealed class PrefixSetTests
{
    [Theory]
    [InlineData("192.0.2.0", true)]
    [InlineData("192.0.2.255", true)]
    [InlineData("192.0.1.255", false)]
    [InlineData("192.0.3.0", false)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("2001:db8:0:ffff::1", true)]
    [InlineData("2001:db8:1::", false)]
    [InlineData("255.255.255.255", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("::", false)]
    public void It_holds_the_addresses_of_its_prefixes_from_the_first_to_the_last(string address, bool isIn)
    {
        var set = Create("192.0.2.0/24", "255.255.255.255/32", "2001:db8::/48", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
        Assert.Equal(isIn, set.Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void An_IPv4_address_in_its_mapped_form_is_that_address_and_no_IPv6_prefix_holds_it()
    {
        Assert.True(Create("::ffff:192.0.2.0/120").Contains(IPAddress.Parse("192.0.2.9")));
        Assert.False(Create("::/8").Contains(IPAddress.Parse("192.0.2.9")));
        Assert.False(Create("::/8").Contains(IPAddress.Parse("::ffff:192.0.2.9")));
        Assert.True(PrefixSet.All.Contains(IPAddress.Parse("192.0.2.9")));
        Assert.True(PrefixSet.All.Contains(IPAddress.Parse("2001:db8::9")));
    }

    [Fact]
    public void Prefixes_that_overlap_or_touch_are_one_range()
    {
        Assert.Equal(1, Create("192.0.2.0/25", "192.0.2.128/25", "192.0.2.4/32", "192.0.2.0/24").Count);
        Assert.Equal(1, Create("0.0.0.0/1", "128.0.0.0/1", "255.0.0.0/8").Count);
        Assert.Equal(2, Create("192.0.2.0/25", "192.0.2.129/32").Count);
        Assert.Equal(0, PrefixSet.Empty.Count);
    }

    [Fact]
    public void What_is_taken_out_is_out_and_what_is_beside_it_stays()
    {
        var rest = Create("10.0.0.0/7", "192.168.1.0/24", "203.0.113.0/24", "fc00::/6").Without(PrefixSet.Private);
        Assert.False(rest.Contains(IPAddress.Parse("10.0.0.0")));
        Assert.False(rest.Contains(IPAddress.Parse("10.255.255.255")));
        Assert.True(rest.Contains(IPAddress.Parse("11.0.0.0")));
        Assert.False(rest.Contains(IPAddress.Parse("192.168.1.1")));
        Assert.True(rest.Contains(IPAddress.Parse("203.0.113.1")));
        Assert.False(rest.Contains(IPAddress.Parse("fd00::1")));
        Assert.True(rest.Contains(IPAddress.Parse("fe00::1")));
        Assert.Equal(4, rest.Count);
        Assert.Equal(0, PrefixSet.All.Without(PrefixSet.All).Count);
    }

    [Fact]
    public void Sets_overlap_if_they_have_an_address_in_common()
    {
        Assert.True(Create("10.1.0.0/16").Overlaps(PrefixSet.Private));
        Assert.True(Create("0.0.0.0/1").Overlaps(Create("10.1.0.0/16")));
        Assert.True(Create("10.1.0.0/16").Overlaps(Create("10.0.0.0/15")));
        Assert.False(Create("11.0.0.0/8", "2001:db8::/32").Overlaps(PrefixSet.Private));
    }

    /// <summary>Some thousand random sets, beside the plainest way to compute the same.</summary>
    [Fact]
    public void Joining_and_taking_out_agree_with_counting_each_number_by_itself()
    {
        var seed = TestSeed.Get("Sets of prefixes");
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var (one, other) = (Ranges(random), Ranges(random));
            var joined = SortedRanges<byte>.Join([SortedRanges<byte>.Create([.. one]), SortedRanges<byte>.Create([.. other])]);
            var without = SortedRanges<byte>.Create([.. one]).Without(SortedRanges<byte>.Create([.. other]));
            var overlaps = false;
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                var (inOne, inOther) = (IsIn(one, value), IsIn(other, value));
                Assert.True(joined.Contains((byte)value) == (inOne || inOther), $"seed {seed}, round {round}, {value}");
                Assert.True(without.Contains((byte)value) == (inOne && !inOther), $"seed {seed}, round {round}, {value}");
                overlaps |= inOne && inOther;
            }
            Assert.Equal(overlaps, SortedRanges<byte>.Create([.. one]).Overlaps(SortedRanges<byte>.Create([.. other])));
        }
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var rules = new SourceRules(Create("192.0.2.0/24", "2001:db8::/48"), Create("192.0.2.7/32"));
        var (ipv4, ipv6) = (SourceAddress.FromIpv4([192, 0, 2, 7]), SourceAddress.FromIpv6(new byte[16]));
        _ = rules.Blocks(ipv4) || rules.Blocks(ipv6);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var blocked = 0;
        for (var i = 0; i < 1000; i++)
            blocked += (rules.Blocks(ipv4) ? 1 : 0) + (rules.Blocks(ipv6) ? 1 : 0);
        Assert.Equal((0, 0L), (blocked, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    private static List<(byte First, byte Last)> Ranges(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(6)).Select(_ => (random.Next(256), random.Next(40))).Select(
            static one => ((byte)one.Item1, (byte)Math.Min(255, one.Item1 + one.Item2))),
    ];

    private static bool IsIn(List<(byte First, byte Last)> ranges, int value) =>
        ranges.Exists(range => range.First <= value && value <= range.Last);

    private static PrefixSet Create(params string[] prefixes) => PrefixSet.Create(prefixes.Select(IPNetwork.Parse));
}
