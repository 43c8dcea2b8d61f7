using System.Buffers.Binary;
using System.Numerics;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>The list after the addresses of a version 2 header. Only its checksum is used.</summary>
internal static class TypeLengthValues
{
    private const int HeadLength = 3;
    private const byte Crc32c = 0x03;

    /// <summary>Checks the list.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="start">Where the list begins in it.</param>
    /// <returns><see cref="ProxyHeaderStatus.Header"/>: nothing is wrong.</returns>
    public static ProxyHeaderStatus Check(ReadOnlySpan<byte> header, int start)
    {
        while (start < header.Length)
        {
            if (header.Length - start < HeadLength)
                return ProxyHeaderStatus.Malformed;
            var length = BinaryPrimitives.ReadUInt16BigEndian(header[(start + 1)..]);
            var value = start + HeadLength;
            if (header.Length - value < length)
                return ProxyHeaderStatus.Malformed;
            if (header[start] == Crc32c && (length != sizeof(uint) || !IsOwnChecksum(header, value)))
                return ProxyHeaderStatus.WrongChecksum;
            start = value + length;
        }
        return ProxyHeaderStatus.Header;
    }

    /// <summary>The CRC32c of the whole header, in which the checksum itself counts as zeroes (section 2.2.1).</summary>
    private static bool IsOwnChecksum(ReadOnlySpan<byte> header, int at)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
            crc = BitOperations.Crc32C(crc, i - at is >= 0 and < sizeof(uint) ? (byte)0 : header[i]);
        return ~crc == BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
    }
}
