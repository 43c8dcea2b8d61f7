using System.Buffers.Binary;
using Heliograph.Relay.Listening;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>Writes a header of version 2.</summary>
internal static class ProxyHeaderWriter
{
    /// <summary>The most bytes that <see cref="Write"/> writes.</summary>
    public const int LongestHeader = ProxyHeaderV2.FixedLength + ProxyHeaderV2.Tcp6Length;

    /// <returns>The length of the header.</returns>
    public static int Write(ConnectionAddresses addresses, Span<byte> header)
    {
        var (source, destination) = (addresses.Source, addresses.Destination);
        var isIpv4 = source.Address.IsIpv4 && destination.Address.IsIpv4;
        var length = isIpv4 ? ProxyHeaderV2.Tcp4Length : ProxyHeaderV2.Tcp6Length;
        ProxyHeaderV2.Signature.CopyTo(header);
        header[12] = ProxyHeaderV2.Proxy;
        header[13] = isIpv4 ? ProxyHeaderV2.Tcp4 : ProxyHeaderV2.Tcp6;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], (ushort)length);
        var block = header[ProxyHeaderV2.FixedLength..];
        var size = (length - 4) / 2;
        WriteAddress(source.Address, block[..size]);
        WriteAddress(destination.Address, block[size..(2 * size)]);
        BinaryPrimitives.WriteUInt16BigEndian(block[(2 * size)..], source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(block[((2 * size) + 2)..], destination.Port);
        return ProxyHeaderV2.FixedLength + length;
    }

    private static void WriteAddress(SourceAddress address, Span<byte> block)
    {
        if (block.Length == 4)
            BinaryPrimitives.WriteUInt32BigEndian(block, (uint)address.Bits);
        else
            BinaryPrimitives.WriteUInt128BigEndian(block, address.Bits);
    }
}
