using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Listening;

namespace Heliograph.Relay.Access;

/// <summary>A set of addresses. An IPv4 address in its mapped form is that IPv4 address. Immutable.</summary>
public sealed class PrefixSet
{
    private readonly SortedRanges<uint> ipv4;
    private readonly SortedRanges<UInt128> ipv6;

    private PrefixSet(SortedRanges<uint> ipv4, SortedRanges<UInt128> ipv6)
    {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    public static PrefixSet Empty { get; } = Create([]);

    /// <summary>Every address.</summary>
    public static PrefixSet All { get; } = new(SortedRanges<uint>.All, SortedRanges<UInt128>.All);

    /// <summary>
    /// What nobody on the internet comes from: this machine, its networks, and those behind a carrier's translator (RFC 6890, RFC 6598).
    /// </summary>
    public static PrefixSet Private { get; } = Create(
        new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::/127",
            "fc00::/7", "fe80::/10",
        }.Select(IPNetwork.Parse));

    /// <summary>Ranges: prefixes that overlap or touch count as one.</summary>
    public int Count => ipv4.Count + ipv6.Count;

    public static PrefixSet Create(IEnumerable<IPNetwork> networks)
    {
        var (short4, long6) = (new List<(uint, uint)>(), new List<(UInt128, UInt128)>());
        foreach (var network in networks)
        {
            var bytes = network.BaseAddress.GetAddressBytes();
            var isIpv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            var first = isIpv4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes);
            var free = (isIpv4 ? 32 : 128) - network.PrefixLength;
            if (first.IsIpv4 && free <= 32)
                short4.Add(((uint)first.Bits, (uint)first.Bits | (free == 32 ? uint.MaxValue : (1u << free) - 1)));
            else
                long6.Add((first.Bits, first.Bits | (free == 128 ? UInt128.MaxValue : (UInt128.One << free) - 1)));
        }
        return new(SortedRanges<uint>.Create(short4), SortedRanges<UInt128>.Create(long6));
    }

    public static PrefixSet Join(IReadOnlyCollection<PrefixSet> sets) => new(
        SortedRanges<uint>.Join(sets.Select(static set => set.ipv4)), SortedRanges<UInt128>.Join(sets.Select(static set => set.ipv6)));

    public PrefixSet Without(PrefixSet holes)
    {
        ArgumentNullException.ThrowIfNull(holes);
        return new(ipv4.Without(holes.ipv4), ipv6.Without(holes.ipv6));
    }

    public bool Overlaps(PrefixSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ipv4.Overlaps(other.ipv4) || ipv6.Overlaps(other.ipv6);
    }

    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = address.GetAddressBytes();
        return Contains(bytes.Length == 4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes));
    }

    internal bool Contains(SourceAddress address) =>
        address.IsIpv4 ? ipv4.Contains((uint)address.Bits) : ipv6.Contains(address.Bits);
}
