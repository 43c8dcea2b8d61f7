using System.Net;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Listening;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.Limits;

public sealed class SourceTableTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::c000:201", "192.0.2.1", false)]
    public void An_IPv4_address_is_one_source_and_so_is_a_64_of_IPv6(string one, string other, bool same)
    {
        var table = new SourceTable { Limit = 1 };

        Assert.True(table.TryEnter(Address(one), out _));
        Assert.Equal(!same, table.TryEnter(Address(other), out _));
    }

    [Fact]
    public void A_source_at_its_limit_is_refused_until_one_of_its_connections_has_left()
    {
        var table = new SourceTable { Limit = 2 };
        Assert.True(table.TryEnter(Address("192.0.2.1"), out var first));
        Assert.True(table.TryEnter(Address("192.0.2.1"), out _));

        Assert.False(table.TryEnter(Address("192.0.2.1"), out var refused));
        table.Leave(refused);
        Assert.False(table.TryEnter(Address("192.0.2.1"), out _));
        table.Leave(first);
        Assert.True(table.TryEnter(Address("192.0.2.1"), out _));
    }

    [Fact]
    public void Nothing_is_kept_where_there_is_no_limit_and_of_a_peer_that_is_not_known()
    {
        var table = new SourceTable();
        Assert.True(table.TryEnter(Address("192.0.2.1"), out var key));
        table.Leave(key);
        table.Limit = 1;
        Assert.True(table.TryEnter(null as SourceAddress?, out _));
        Assert.True(table.TryEnter(null as SourceAddress?, out _));

        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_source_has_another_key_in_every_process()
    {
        var one = new SourceTable { Limit = 1 };
        var other = new SourceTable { Limit = 1 };
        one.TryEnter(Address("192.0.2.1"), out var first);
        other.TryEnter(Address("192.0.2.1"), out var second);

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task The_counts_return_to_zero_whatever_comes_and_goes_on_any_number_of_threads()
    {
        var seed = TestSeed.Get("Sources that come and go");
        var table = new SourceTable { Limit = 5 };

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(seed + thread);
            var open = new List<ulong>();
            for (var i = 0; i < 20_000; i++)
            {
                if (random.Next(3) > 0 && table.TryEnter(Random(random), out var key))
                    open.Add(key);
                else if (open.Count > 0)
                    Leave(table, open, random.Next(open.Count));
                Assert.True(open.Count <= 5 * 20, $"seed {seed}");
            }
            while (open.Count > 0)
                Leave(table, open, open.Count - 1);
        })));

        Assert.Equal(0, table.Count);
        for (var i = 0; i < 5; i++)
            Assert.True(table.TryEnter(Address("192.0.2.1"), out _), $"seed {seed}");
        Assert.False(table.TryEnter(Address("192.0.2.1"), out _), $"seed {seed}");

        static void Leave(SourceTable table, List<ulong> open, int at)
        {
            table.Leave(open[at]);
            open.RemoveAt(at);
        }

        // Twenty sources, half of them of IPv6 with a new address each time.
        static SourceAddress? Random(Random random) => random.Next(20) is var source && source < 10
            ? Address($"192.0.2.{source}")
            : Address($"2001:db8:0:{source:x}::{random.Next(0x10000):x}");
    }

    private static SourceAddress? Address(string text)
    {
        var bytes = IPAddress.Parse(text).GetAddressBytes();
        return bytes.Length == 4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes);
    }
}
