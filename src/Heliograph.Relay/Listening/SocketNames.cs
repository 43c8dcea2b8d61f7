using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Listening;

/// <summary>Asks the kernel for the two ends of a connection, when somebody needs them and not before.</summary>
internal static class SocketNames
{
    /// <returns>Null: the peer is gone, or it is no IP connection.</returns>
    public static SourceEndpoint? Peer(LoopSocket socket)
    {
        Span<byte> sockaddr = stackalloc byte[SourceEndpoint.SockaddrSize];
        return SourceEndpoint.FromSockaddr(sockaddr[..socket.PeerName(sockaddr)]);
    }

    /// <returns>Null: it is no IP connection.</returns>
    public static SourceEndpoint? Own(LoopSocket socket)
    {
        Span<byte> sockaddr = stackalloc byte[SourceEndpoint.SockaddrSize];
        return SourceEndpoint.FromSockaddr(sockaddr[..socket.OwnName(sockaddr)]);
    }
}
