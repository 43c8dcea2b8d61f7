using Heliograph.Relay.Listening;

namespace Heliograph.Relay.Countries;

/// <summary>
/// Which country an address is in: a binary tree of its bits, as in the database, with a country where the database has a record.
/// Immutable; a lookup allocates nothing.
/// </summary>
public sealed class CountryTable
{
    private const int Ipv4Bits = 32;
    private const int AllBits = 128;

    // Two for each node: the next node's index for a 0 and a 1, or the complement of a country.
    private readonly int[] nodes;
    private readonly bool hasIpv6;
    private readonly int ipv4Root;

    /// <param name="nodes">Checked: no index is out of bounds.</param>
    /// <param name="hasIpv6">Whether the tree begins with the first bit of an IPv6 address.</param>
    internal CountryTable(int[] nodes, bool hasIpv6)
    {
        this.nodes = nodes;
        this.hasIpv6 = hasIpv6;
        // IPv4 addresses are in ::/96, as in every database of both.
        ipv4Root = hasIpv6 ? Walk(0, UInt128.Zero, AllBits - Ipv4Bits) : 0;
    }

    internal Country Find(SourceAddress address)
    {
        var end = address.IsIpv4 ? Walk(ipv4Root, address.Bits << (AllBits - Ipv4Bits), Ipv4Bits)
            : hasIpv6 ? Walk(0, address.Bits, AllBits)
            : ~Country.Unknown.Index;
        return new(end < 0 ? ~end : Country.Unknown.Index);
    }

    /// <param name="from">A node, or the complement of a country.</param>
    /// <param name="bits">The first of them decides first.</param>
    /// <param name="count">How many decide at most, so that a tree that bites its own tail is left.</param>
    private int Walk(int from, UInt128 bits, int count)
    {
        var at = from;
        for (var left = count; at >= 0 && left > 0; left--, bits <<= 1)
            at = nodes[(2 * at) + (int)(bits >> (AllBits - 1))];
        return at;
    }
}
