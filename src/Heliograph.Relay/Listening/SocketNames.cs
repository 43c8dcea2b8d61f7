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
}
