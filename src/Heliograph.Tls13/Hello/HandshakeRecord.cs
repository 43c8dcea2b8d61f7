using System.Buffers.Binary;

namespace Heliograph.Tls13.Hello;

/// <summary>
/// A record of content type handshake, of which perhaps only the first bytes are here (TLSPlaintext, RFC 8446 section 5.1).
/// </summary>
internal readonly ref struct HandshakeRecord
{
    public const int HeaderLength = 5;

    private const byte ContentType = 22;
    private const byte MajorVersion = 3;
    private const int LongestFragment = 1 << 14;

    private HandshakeRecord(ReadOnlySpan<byte> afterHeader, int length)
    {
        Length = length;
        Fragment = afterHeader[..Math.Min(length, afterHeader.Length)];
    }

    /// <summary>How long the fragment is said to be.</summary>
    public int Length { get; }

    /// <summary>What is here of the fragment.</summary>
    public ReadOnlySpan<byte> Fragment { get; }

    /// <summary>Where the next record begins, counted from this one's first byte.</summary>
    public int End => HeaderLength + Length;

    /// <summary>Answers <see cref="HelloStatus.Hello"/> when the header is whole and right.</summary>
    public static HelloStatus Read(ReadOnlySpan<byte> bytes, out HandshakeRecord record)
    {
        record = default;
        if (bytes.Length < HeaderLength)
            return MayBecomeHeader(bytes) ? HelloStatus.NeedMore : HelloStatus.NotAClientHello;

        // The minor version is 0 to 3 in the field and "MUST be ignored for all purposes".
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
        if (bytes[0] != ContentType || bytes[1] != MajorVersion || length is 0 or > LongestFragment)
            return HelloStatus.NotAClientHello;

        record = new HandshakeRecord(bytes[HeaderLength..], length);
        return HelloStatus.Hello;
    }

    private static bool MayBecomeHeader(ReadOnlySpan<byte> bytes) =>
        (bytes.Length < 1 || bytes[0] == ContentType)
        && (bytes.Length < 2 || bytes[1] == MajorVersion)
        && (bytes.Length < 4 || bytes[3] <= LongestFragment >> 8);
}
