using System.Buffers;
using System.Text;
using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>
/// Encodes a response's fields as nginx does (<c>ngx_http_v2_header_filter</c>): its fixed fields by their static index and marked
/// for indexing, the others by name and unmarked; Huffman code wherever it is shorter, but never for the status and the length.
/// </summary>
internal static class HeaderBlockWriter
{
    private static readonly Dictionary<string, int> FixedFields = new[]
    {
        "server",
        "date",
        "content-type",
        "content-length",
        "last-modified",
        "location",
    }.ToDictionary(name => name, HpackTable.StaticIndexOf, StringComparer.Ordinal);

    /// <summary><paramref name="announceTable"/>: the client changed the table's size, and nginx announces that it uses none.</summary>
    public static ReadOnlyMemory<byte> Write(Response response, string server, DateTimeOffset now, bool announceTable)
    {
        var block = new ArrayBufferWriter<byte>(256);
        if (announceTable)
            Put(block, 0x20);
        WriteStatus(block, NginxStatus.OnTheWire(response.Status));
        foreach (var (name, value) in ResponseHeadWriter.Fields(response, server, now))
        {
            var lower = name.ToLowerInvariant();
            if (FixedFields.TryGetValue(lower, out var index))
            {
                Put(block, (byte)(0x40 | index));
            }
            else
            {
                Put(block, 0);
                WriteString(block, lower, canEncode: true);
            }
            WriteString(block, value, canEncode: lower != "content-length");
        }
        return block.WrittenMemory;
    }

    private static void WriteStatus(ArrayBufferWriter<byte> block, int status)
    {
        int? index = status switch { 200 => 8, 206 => 10, 304 => 11, 400 => 12, 404 => 13, 500 => 14, _ => null };
        if (index is { } known)
        {
            Put(block, (byte)(0x80 | known));
            return;
        }
        Put(block, 0x40 | 8);
        WriteString(block, status.ToString(), canEncode: false);
    }

    private static void WriteString(ArrayBufferWriter<byte> block, string text, bool canEncode)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var encodedLength = HpackHuffman.EncodedLength(bytes);
        if (canEncode && encodedLength < bytes.Length)
        {
            WriteLength(block, 0x80, encodedLength);
            HpackHuffman.Encode(bytes, block);
            return;
        }
        WriteLength(block, 0, bytes.Length);
        block.Write(bytes);
    }

    private static void WriteLength(ArrayBufferWriter<byte> block, byte marker, int length)
    {
        const int Prefix = 0x7f;
        if (length < Prefix)
        {
            Put(block, (byte)(marker | length));
            return;
        }
        Put(block, (byte)(marker | Prefix));
        for (length -= Prefix; length >= 0x80; length >>= 7)
            Put(block, (byte)(0x80 | (length & 0x7f)));
        Put(block, (byte)length);
    }

    private static void Put(ArrayBufferWriter<byte> block, byte value)
    {
        block.GetSpan(1)[0] = value;
        block.Advance(1);
    }
}
