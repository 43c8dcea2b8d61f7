using System.Buffers.Binary;
using Heliograph.Relay.Listening;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>Version 2, binary: a signature, a command, a family, a length, then addresses and type-length-values.</summary>
internal static class ProxyHeaderV2
{
    /// <summary>The signature, version and command, family and transport, and the length of what follows.</summary>
    public const int FixedLength = 16;

    /// <summary>
    /// The length field allows 64 KB; balancers send addresses and a few identifiers, less than 600 bytes. HAProxy accepts what fits into
    /// its buffer of 16 KB.
    /// </summary>
    public const int LongestHeader = FixedLength + 4096;

    public const byte Local = 0x20, Proxy = 0x21;
    public const byte Tcp4 = 0x11, Tcp6 = 0x21;
    public const int Tcp4Length = 12, Tcp6Length = 36;

    private const int UnixLength = 216;

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <param name="bytes">They begin with <see cref="Signature"/>, or are a prefix of it.</param>
    public static ProxyHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 12 && bytes[12] is not (Local or Proxy))
            return ProxyHeader.Malformed;
        if (bytes.Length < FixedLength)
            return ProxyHeader.NeedMore;
        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (length > LongestHeader)
            return ProxyHeader.TooLong;
        if (bytes.Length < length)
            return ProxyHeader.NeedMore;
        // "Discard the protocol block including the family": a balancer's health check says nothing about a client.
        return bytes[12] == Local ? new(ProxyHeaderStatus.Header, length) : ReadProxied(bytes[..length]);
    }

    private static ProxyHeader ReadProxied(ReadOnlySpan<byte> header)
    {
        // The high half is the family (unspecified, IPv4, IPv6, unix), the low half the transport (unspecified, stream, datagram).
        var (family, transport) = (header[13] >> 4, header[13] & 0xf);
        if (family > 3 || transport > 2)
            return ProxyHeader.Malformed;
        if (family == 0 || transport == 0)
            return new(ProxyHeaderStatus.Header, header.Length);
        var values = FixedLength + (family == 1 ? Tcp4Length : family == 2 ? Tcp6Length : UnixLength);
        if (header.Length < values)
            return ProxyHeader.Malformed;
        var status = TypeLengthValues.Check(header, values);
        if (status != ProxyHeaderStatus.Header)
            return new(status);
        return new(ProxyHeaderStatus.Header, header.Length, header[13] switch
        {
            Tcp4 => ReadAddresses(header[FixedLength..values], 4),
            Tcp6 => ReadAddresses(header[FixedLength..values], 16),
            // A valid family that is not TCP: as if unspecified.
            _ => null,
        });
    }

    private static ConnectionAddresses ReadAddresses(ReadOnlySpan<byte> block, int size)
    {
        var ports = block[(2 * size)..];
        return new()
        {
            Source = new(Address(block[..size]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            Destination = new(Address(block[size..(2 * size)]), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])),
        };
    }

    private static SourceAddress Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes);
}
