using System.Text;

namespace Heliograph.Web.Http2;

/// <summary>Reads header blocks (RFC 7541) under nginx's limits. No I/O, never throws.</summary>
internal sealed class HpackDecoder
{
    // NGX_HTTP_V2_INT_OCTETS: nginx reads no integer longer than this.
    private const int IntegerOctets = 4;

    private readonly HpackTable table = new();

    /// <summary>Passes every field to <paramref name="take"/>. Returns 0, or the error that ends the connection.</summary>
    public Http2Error Decode(ReadOnlySpan<byte> block, Action<string, string> take)
    {
        while (!block.IsEmpty)
        {
            var first = block[0];
            if (first >= 0x80)
            {
                if (ReadInteger(ref block, 7, out var index) is var bad and not Http2Error.None)
                    return bad;
                if (!table.TryGet(index, out var entry))
                    return Http2Error.Compression;
                take(entry.Name, entry.Value);
                continue;
            }
            if (first is >= 0x20 and < 0x40)
            {
                if (ReadInteger(ref block, 5, out var size) is var bad and not Http2Error.None)
                    return bad;
                if (!table.TryResize(size))
                    return Http2Error.Compression;
                continue;
            }
            var error = ReadLiteral(ref block, isIndexed: first >= 0x40, take);
            if (error != Http2Error.None)
                return error;
        }
        return Http2Error.None;
    }

    private Http2Error ReadLiteral(ref ReadOnlySpan<byte> block, bool isIndexed, Action<string, string> take)
    {
        if (ReadInteger(ref block, isIndexed ? 6 : 4, out var index) is var bad and not Http2Error.None)
            return bad;
        string name;
        if (index == 0)
        {
            if (ReadString(ref block, out name) is var badName and not Http2Error.None)
                return badName;
            if (name.Length == 0)
                return Http2Error.Protocol;
        }
        else
        {
            if (!table.TryGet(index, out var entry))
                return Http2Error.Compression;
            name = entry.Name;
        }
        if (ReadString(ref block, out var value) is var badValue and not Http2Error.None)
            return badValue;
        if (isIndexed)
            table.Add(name, value);
        take(name, value);
        return Http2Error.None;
    }

    private static Http2Error ReadString(ref ReadOnlySpan<byte> block, out string text)
    {
        text = "";
        if (block.IsEmpty)
            return Http2Error.FrameSize;
        var isEncoded = block[0] >= 0x80;
        if (ReadInteger(ref block, 7, out var length) is var bad and not Http2Error.None)
            return bad;
        if (length > Http2Limits.LargestField)
            return Http2Error.EnhanceYourCalm;
        if (length > block.Length)
            return Http2Error.FrameSize;
        var raw = block[..length];
        block = block[length..];
        if (!isEncoded)
        {
            text = Encoding.Latin1.GetString(raw);
            return Http2Error.None;
        }
        if (HpackHuffman.Decode(raw) is not { } decoded)
            return Http2Error.Compression;
        text = Encoding.Latin1.GetString(decoded);
        return Http2Error.None;
    }

    private static Http2Error ReadInteger(ref ReadOnlySpan<byte> block, int prefixBits, out int value)
    {
        value = 0;
        if (block.IsEmpty)
            return Http2Error.FrameSize;
        var prefix = (1 << prefixBits) - 1;
        value = block[0] & prefix;
        if (value != prefix)
        {
            block = block[1..];
            return Http2Error.None;
        }
        for (var i = 1; i < IntegerOctets; i++)
        {
            if (i >= block.Length)
                return Http2Error.FrameSize;
            value += (block[i] & 0x7f) << (7 * (i - 1));
            if (block[i] < 0x80)
            {
                block = block[(i + 1)..];
                return Http2Error.None;
            }
        }
        return block.Length <= IntegerOctets ? Http2Error.FrameSize : Http2Error.Compression;
    }
}
