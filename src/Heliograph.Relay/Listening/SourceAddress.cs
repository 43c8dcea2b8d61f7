using System.Buffers.Binary;

namespace Heliograph.Relay.Listening;

/// <summary>
/// Where a connection comes from or goes to: an IPv6 address, or an IPv4 one in its mapped form, so that a client has one address whatever
/// socket accepted it. It has no text form on purpose: what cannot be written cannot be logged by mistake. Keep one no longer than needed.
/// </summary>
internal readonly struct SourceAddress : IEquatable<SourceAddress>
{
    /// <summary>::ffff:0:0/96 (RFC 4291 section 2.5.5.2).</summary>
    private static readonly UInt128 Mapped = new(0, 0xffff_0000_0000);

    private SourceAddress(UInt128 bits) => Bits = bits;

    /// <summary>The 128 bits in network order.</summary>
    public UInt128 Bits { get; }

    public bool IsIpv4 => Bits >> 32 == Mapped >> 32;

    /// <summary>Of 127.0.0.0/8.</summary>
    public bool IsIpv4Loopback => Bits >> 24 == (Mapped >> 24 | 127);

    /// <param name="address">4 bytes in network order.</param>
    public static SourceAddress FromIpv4(ReadOnlySpan<byte> address) => new(Mapped | BinaryPrimitives.ReadUInt32BigEndian(address));

    /// <param name="address">16 bytes in network order.</param>
    public static SourceAddress FromIpv6(ReadOnlySpan<byte> address) => new(BinaryPrimitives.ReadUInt128BigEndian(address));

    public static bool operator ==(SourceAddress left, SourceAddress right) => left.Equals(right);

    public static bool operator !=(SourceAddress left, SourceAddress right) => !left.Equals(right);

    public bool Equals(SourceAddress other) => Bits == other.Bits;

    public override bool Equals(object? obj) => obj is SourceAddress other && Equals(other);

    public override int GetHashCode() => Bits.GetHashCode();
}
