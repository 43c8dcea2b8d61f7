using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Listening;

/// <summary>Asks the kernel for the two ends of a connection, only when they are needed.</summary>
internal static class SocketNames
{
    /// <returns>Null: the peer has left, or this is not an IP connection.</returns>
    public static SourceEndpoint? Peer(LoopSocket socket)
    {
        Span<byte> sockaddr = stackalloc byte[SourceEndpoint.SockaddrSize];
        return SourceEndpoint.FromSockaddr(sockaddr[..socket.PeerName(sockaddr)]);
    }

    /// <returns>Null: this is not an IP connection.</returns>
    public static SourceEndpoint? Own(LoopSocket socket)
    {
        Span<byte> sockaddr = stackalloc byte[SourceEndpoint.SockaddrSize];
        return SourceEndpoint.FromSockaddr(sockaddr[..socket.OwnName(sockaddr)]);
    }

    /// <summary>
    /// The peer is this machine. It connects from the address that it connects to, except within 127.0.0.0/8: Debian gives the machine's
    /// name 127.0.1.1, which is reached from 127.0.0.1.
    /// </summary>
    public static bool IsFromHere(LoopSocket socket) =>
        Peer(socket) is { Address: var peer } && (peer.IsIpv4Loopback || peer == Own(socket)?.Address);
}
