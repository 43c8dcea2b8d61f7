using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The record protection of TLS 1.3 (RFC 8446 section 5.2), for all connections of a loop. What a cipher needs for a key stands here once for each
/// direction and suite and not once for each connection: a connection keeps its <see cref="TrafficKey"/>, and the <see cref="RecordAead"/> is keyed anew when
/// another one has its turn.
/// </summary>
/// <remarks>
/// In place of SSL_read and SSL_write, because these copy every byte into and out of buffers of their own, and because an idle SSL weighs 9 KB
/// (docs/adr/0013-records-without-libssl.md).
/// </remarks>
internal sealed unsafe class RecordLayer : IDisposable
{
    public const int HeaderLength = 5, LargestContent = 16 * 1024;

    /// <summary>What a protected record has more than its content: the header, the content type, and the tag.</summary>
    public const int Overhead = HeaderLength + 1 + CipherSuite.TagLength;

    /// <summary>What a record may hold behind its header: 256 bytes more than its content, for the type, padding, and the tag.</summary>
    public const int LargestFragment = LargestContent + 256;

    /// <summary>Records that are read, and written, at once. With full ones the buffers hold them without a rest.</summary>
    public const int RecordsAtOnce = Loop.EventLoop.ReceiveSize / LargestContent;

    /// <summary>Bytes to receive at once.</summary>
    public const int ReceiveSize = RecordsAtOnce * (LargestContent + Overhead);

    private readonly IpsecMb? ipsecMb;
    private readonly RecordAead?[] sealing = new RecordAead?[CipherSuite.Count], opening = new RecordAead?[CipherSuite.Count];
    private readonly byte* written = (byte*)NativeMemory.Alloc(ReceiveSize);

    /// <param name="ipsecMb">What does AES-GCM; null: OpenSSL, as for the rest.</param>
    public RecordLayer(IpsecMb? ipsecMb) => this.ipsecMb = ipsecMb;

    /// <summary>Protects content, as much of it as fits into <see cref="RecordsAtOnce"/> records; the rest is left in <paramref name="content"/>.</summary>
    /// <returns>The records, until the next call.</returns>
    public ReadOnlySpan<byte> Protect(TrafficKey key, ContentType type, ref ReadOnlySpan<byte> content)
    {
        var length = 0;
        for (var record = 0; record < RecordsAtOnce && !content.IsEmpty; record++)
        {
            var part = content[..Math.Min(content.Length, LargestContent)];
            length += Seal(key, type, part, written + length);
            content = content[part.Length..];
        }
        return new(written, length);
    }

    /// <summary>Takes the protection off one record.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">A whole record, header and all.</param>
    /// <param name="length">Its length.</param>
    /// <param name="destination">Gets the content, and behind it its type and padding: as long as the record's fragment.</param>
    /// <param name="type">The content's type.</param>
    /// <returns>The content's length, or -1: the record is not what the peer wrote.</returns>
    public int Unprotect(TrafficKey key, byte* record, int length, byte* destination, out ContentType type)
    {
        type = ContentType.None;
        var protectedLength = length - HeaderLength - CipherSuite.TagLength;
        if (protectedLength < 1)
            return -1;
        if (!Opening(key.Suite).Open(key, record, protectedLength, destination))
        {
            // Both libraries decrypt before they know the tag. What nobody authenticated is never read: it ends here.
            new Span<byte>(destination, protectedLength).Clear();
            return -1;
        }
        var end = protectedLength - 1;
        while (end > 0 && destination[end] == 0)
            end--;
        type = (ContentType)destination[end];
        return end;
    }

    public void Dispose()
    {
        foreach (var aead in sealing.Concat(opening))
            aead?.Dispose();
        NativeMemory.Free(written);
    }

    private int Seal(TrafficKey key, ContentType type, ReadOnlySpan<byte> content, byte* record)
    {
        record[0] = (byte)ContentType.ApplicationData;
        record[1] = 3;
        record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(record + 3, 2), (ushort)(content.Length + 1 + CipherSuite.TagLength));
        fixed (byte* start = content)
            Sealing(key.Suite).Seal(key, record, start, content.Length, type);
        return content.Length + Overhead;
    }

    private RecordAead Sealing(CipherSuite suite) => sealing[suite.Index] ??= RecordAead.Create(suite, encrypts: true, ipsecMb);

    private RecordAead Opening(CipherSuite suite) => opening[suite.Index] ??= RecordAead.Create(suite, encrypts: false, ipsecMb);
}

/// <summary>What a record carries (RFC 8446 section 5.1).</summary>
internal enum ContentType : byte
{
    /// <summary>A record of padding alone: no peer may send one.</summary>
    None = 0,

    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}
