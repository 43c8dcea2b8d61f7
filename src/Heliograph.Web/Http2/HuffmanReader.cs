using System.Buffers;
using System.Runtime.InteropServices;

namespace Heliograph.Web.Http2;

/// <summary>Decodes one string of HPACK's Huffman code as it arrives. Never throws.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct HuffmanReader
{
    private uint code;
    private int length;

    /// <summary>
    /// The string may end here: what is left over is padding. nginx takes more of it than the 7 bits of RFC 7541, 5.2, as long as it is
    /// the beginning of the end-of-string symbol.
    /// </summary>
    public readonly bool IsEnding => code == (1u << length) - 1;

    /// <summary>Appends what the bytes stand for. False if they are no code.</summary>
    public bool TryRead(ReadOnlySpan<byte> encoded, IBufferWriter<byte> into)
    {
        foreach (var b in encoded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((uint)(b >> bit) & 1);
                length++;
                if (length > HpackHuffman.LongestCode)
                    return false;
                if (HpackHuffman.SymbolOf(code, length) is not { } symbol)
                    continue;
                if (symbol == HpackHuffman.EndOfString)
                    return false;
                into.GetSpan(1)[0] = (byte)symbol;
                into.Advance(1);
                code = 0;
                length = 0;
            }
        }
        return true;
    }
}
