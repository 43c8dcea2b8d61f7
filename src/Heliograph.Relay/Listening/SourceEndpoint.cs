using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Listening;

/// <summary>An address with its port.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SourceEndpoint(SourceAddress Address, ushort Port)
{
    /// <summary>Enough for every <c>sockaddr</c> used here: <c>sockaddr_in6</c> has 28 bytes.</summary>
    public const int SockaddrSize = 28;

    /// <summary>Reads what accept4(2), getpeername(2) or getsockname(2) wrote.</summary>
    /// <returns>Null if it is not an IP address, as for a unix socket.</returns>
    public static SourceEndpoint? FromSockaddr(ReadOnlySpan<byte> sockaddr)
    {
        if (sockaddr.Length < 8)
            return null;
        // sa_family is in the machine's order, what follows in the network's.
        var port = BinaryPrimitives.ReadUInt16BigEndian(sockaddr[2..]);
        return BitConverter.ToUInt16(sockaddr) switch
        {
            Libc.FamilyInet => new(SourceAddress.FromIpv4(sockaddr[4..8]), port),
            Libc.FamilyInet6 when sockaddr.Length >= 24 => new(SourceAddress.FromIpv6(sockaddr[8..24]), port),
            _ => null,
        };
    }

    /// <summary>Keeps the address out of logs.</summary>
    public override string ToString() => nameof(SourceEndpoint);
}
