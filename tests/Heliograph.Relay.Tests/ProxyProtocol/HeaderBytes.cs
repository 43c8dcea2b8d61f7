using System.Buffers.Binary;
using System.Net;
using System.Text;
using Heliograph.Relay.Listening;
using Heliograph.Relay.ProxyProtocol;

namespace Heliograph.Relay.Tests.ProxyProtocol;

/// <summary>Headers as proxies send them, built from the specification and not by the program's own writer.</summary>
internal static class HeaderBytes
{
    private static readonly byte[] Signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

    public static readonly byte[] Ipv4 = [192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb];

    public static readonly byte[] Ipv6 =
        [.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), 0xdc, 0x04, 0x01, 0xbb];

    /// <summary>One of each kind that must be accepted.</summary>
    public static IReadOnlyList<byte[]> Valid { get; } =
    [
        Line("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443"),
        Line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535"),
        Line("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443"),
        Line("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"),
        Line("PROXY TCP6 ::ffff:192.0.2.1 ::1 0 443"),
        Line("PROXY UNKNOWN"),
        Line("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"),
        V2(0x21, 0x11, Ipv4),
        V2(0x21, 0x21, Ipv6),
        V2(0x21, 0x11, [.. Ipv4, .. Value(0x01, "h2"u8), .. Value(0x04, new byte[40]), .. Value(0xea, "vpce-08d2bf15fac5001c9"u8)]),
        WithChecksum(0x21, 0x11, Ipv4, Value(0x05, "id"u8)),
        WithChecksum(0x21, 0x21, Ipv6),
        V2(0x21, 0x11, [.. Ipv4, .. Value(0x04, new byte[4081])]),
        V2(0x21, 0x31, new byte[216]),
        V2(0x21, 0x12, Ipv4),
        V2(0x21, 0x00, []),
        V2(0x21, 0x00, [1, 2, 3]),
        V2(0x20, 0x00, []),
        V2(0x20, 0x11, Ipv4),
        V2(0x20, 0xff, [9, 9, 9, 9, 9]),
    ];

    public static byte[] Line(string line) => Encoding.ASCII.GetBytes(line + "\r\n");

    public static byte[] V2(byte command, byte family, ReadOnlySpan<byte> block)
    {
        byte[] header = [.. Signature, command, family, 0, 0, .. block];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)block.Length);
        return header;
    }

    public static byte[] Value(byte type, ReadOnlySpan<byte> value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>With a CRC32c (RFC 9260 appendix A) before <paramref name="more"/>, calculated bit by bit.</summary>
    public static byte[] WithChecksum(byte command, byte family, ReadOnlySpan<byte> addresses, params ReadOnlySpan<byte> more)
    {
        var header = V2(command, family, [.. addresses, .. Value(0x03, new byte[4]), .. more]);
        var crc = uint.MaxValue;
        foreach (var b in header)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
        }
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16 + addresses.Length + 3), ~crc);
        return header;
    }

    /// <summary>The source and destination of a header, as text; null if it has none.</summary>
    public static string? Addresses(ProxyHeader header) =>
        header.Addresses is { } addresses ? $"{Text(addresses.Source)} {Text(addresses.Destination)}" : null;

    private static string Text(SourceEndpoint endpoint)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, endpoint.Address.Bits);
        var address = new IPAddress(bytes);
        return new IPEndPoint(endpoint.Address.IsIpv4 ? address.MapToIPv4() : address, endpoint.Port).ToString();
    }
}
