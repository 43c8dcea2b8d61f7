using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>The networks whose connections begin with a PROXY protocol header.</summary>
internal sealed class TrustedProxies
{
    /// <summary>The bits before an IPv4 address in its mapped form (::ffff:0:0/96).</summary>
    private const int MappedBits = 96;

    private readonly (UInt128 Prefix, UInt128 Mask, bool TakesMapped)[] networks;

    public TrustedProxies(IEnumerable<IPNetwork> networks) => this.networks = [.. networks.Select(Compile)];

    /// <summary>Whether the peer is one of them. Asks the kernel for its address only if there are any.</summary>
    /// <returns>Null: the peer has already reset the connection, as HAProxy's health checks do, so its address is unknown.</returns>
    public bool? Contain(LoopSocket socket) =>
        networks.Length == 0 ? false : SocketNames.Peer(socket) is { } peer ? Contain(peer.Address) : null;

    public bool Contain(SourceAddress address) => Array.Exists(
        networks, network => (address.Bits & network.Mask) == network.Prefix && (network.TakesMapped || !address.IsIpv4));

    private static (UInt128 Prefix, UInt128 Mask, bool TakesMapped) Compile(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var isIpv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        // An IPv4 address is compared in its mapped form. ::/0 and the like mean IPv6: trusting all of it does not mean trusting IPv4.
        var free = (isIpv4 ? 32 : 128) - network.PrefixLength;
        var mask = free == 128 ? UInt128.Zero : UInt128.MaxValue << free;
        return (
            (isIpv4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes)).Bits & mask,
            mask,
            isIpv4 || network.PrefixLength >= MappedBits);
    }
}
