using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Heliograph.Tls13.Records;

/// <summary>
/// The record protection of TLS 1.3 (RFC 8446 section 5.2), for any number of connections on one thread. A cipher's expanded key exists
/// once for each suite and direction and not once for each connection: a connection keeps its <see cref="TrafficKey"/>, and a
/// <see cref="RecordAead"/> takes the new key when the connection changes.
/// </summary>
/// <remarks>
/// This takes the place of SSL_read and SSL_write, because they copy every byte into and out of their own buffers, and because an idle SSL
/// object needs 9 KB (docs/adr/0013-records-without-libssl.md).
/// </remarks>
public sealed unsafe class RecordLayer : IDisposable
{
    /// <summary>The header of a record, and the most content that one may carry, in bytes (RFC 8446 section 5.1).</summary>
    public const int HeaderLength = 5, LargestContent = 16 * 1024;

    /// <summary>The bytes that a protected record has beyond its content: the header, the content type, and the tag.</summary>
    public const int Overhead = HeaderLength + 1 + CipherSuite.TagLength;

    /// <summary>
    /// The bytes that a protected record may have after its header: 256 more than its content, for the type, padding, and the tag.
    /// </summary>
    public const int LargestFragment = LargestContent + 256;

    /// <summary>Records to read, and to write, at once.</summary>
    public const int RecordsAtOnce = 8;

    /// <summary>Bytes to receive at once: as many full records, so that none is cut.</summary>
    public const int ReceiveSize = RecordsAtOnce * (LargestContent + Overhead);

    private readonly IpsecMb? ipsecMb;
    private readonly RecordAead?[] sealing = new RecordAead?[CipherSuite.Count], opening = new RecordAead?[CipherSuite.Count];
    private readonly byte* written = (byte*)NativeMemory.Alloc(ReceiveSize);
    private bool disposed;

    /// <param name="ipsecMb">Does AES-GCM; null: OpenSSL does, as it does the rest.</param>
    internal RecordLayer(IpsecMb? ipsecMb) => this.ipsecMb = ipsecMb;

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        foreach (var aead in sealing.Concat(opening))
            aead?.Dispose();
        NativeMemory.Free(written);
    }

    /// <summary>
    /// Protects content, as much of it as fits into <see cref="RecordsAtOnce"/> records; leaves the rest in <paramref name="content"/>.
    /// </summary>
    /// <returns>The records; valid until the next call.</returns>
    internal ReadOnlySpan<byte> Protect(TrafficKey key, ContentType type, ref ReadOnlySpan<byte> content)
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

    /// <summary>
    /// Protects application data in one record, with zeros behind it that the peer removes (RFC 8446 section 5.4); leaves what does not
    /// fit in <paramref name="content"/>.
    /// </summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="content">What is protected.</param>
    /// <param name="recordLength">The record's length with its header; where the content alone is as long, there is no padding.</param>
    /// <returns>The record; valid until the next call.</returns>
    internal ReadOnlySpan<byte> ProtectPadded(TrafficKey key, ref ReadOnlySpan<byte> content, int recordLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordLength, LargestContent + Overhead);
        var part = content[..Math.Min(content.Length, LargestContent)];
        content = content[part.Length..];
        if (recordLength <= part.Length + Overhead)
            return new(written, Seal(key, ContentType.ApplicationData, part, written));
        // Encrypted where it lies. The last zero is in the place of the type, which is the last byte that is not zero.
        var plaintext = new Span<byte>(written + HeaderLength, recordLength - Overhead);
        part.CopyTo(plaintext);
        plaintext[part.Length..].Clear();
        plaintext[part.Length] = (byte)ContentType.ApplicationData;
        return new(written, Seal(key, ContentType.None, plaintext, written));
    }

    /// <summary>Removes the protection of one record.</summary>
    /// <param name="key">The direction's key.</param>
    /// <param name="record">A whole record, with its header.</param>
    /// <param name="length">The record's length, in bytes.</param>
    /// <param name="destination">
    /// Gets the content, and after it the type and the padding: as many bytes as the record's fragment has.
    /// </param>
    /// <param name="type">The content's type.</param>
    /// <returns>The content's length, or -1: the record is not what the peer wrote.</returns>
    internal int Unprotect(TrafficKey key, byte* record, int length, byte* destination, out ContentType type)
    {
        type = ContentType.None;
        var protectedLength = length - HeaderLength - CipherSuite.TagLength;
        if (protectedLength < 1)
            return -1;
        if (!GetOpening(key.Suite).Open(key, record, protectedLength, destination))
        {
            // Both libraries decrypt before they check the tag. Nobody may read what is not authenticated, so it is erased here.
            new Span<byte>(destination, protectedLength).Clear();
            return -1;
        }
        var end = protectedLength - 1;
        while (end > 0 && destination[end] == 0)
            end--;
        type = (ContentType)destination[end];
        return end;
    }

    private int Seal(TrafficKey key, ContentType type, ReadOnlySpan<byte> content, byte* record)
    {
        record[0] = (byte)ContentType.ApplicationData;
        record[1] = 3;
        record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(record + 3, 2), (ushort)(content.Length + 1 + CipherSuite.TagLength));
        fixed (byte* start = content)
            GetSealing(key.Suite).Seal(key, record, start, content.Length, type);
        return content.Length + Overhead;
    }

    private RecordAead GetSealing(CipherSuite suite) => sealing[suite.Index] ??= RecordAead.Create(suite, encrypts: true, ipsecMb);

    private RecordAead GetOpening(CipherSuite suite) => opening[suite.Index] ??= RecordAead.Create(suite, encrypts: false, ipsecMb);
}
