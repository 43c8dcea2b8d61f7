using System.Buffers;

namespace Heliograph.Web.Http2;

/// <summary>
/// The Huffman code of HPACK (RFC 7541, appendix B). The code is canonical, so the lengths define it: codes of one length follow
/// one another in the order of their symbols.
/// </summary>
internal static class HpackHuffman
{
    public const int LongestCode = 30;
    public const int EndOfString = 256;

    private static readonly byte[] Lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly uint[] Codes = new uint[Lengths.Length];
    private static readonly uint[] FirstCode = new uint[LongestCode + 1];
    private static readonly int[] FirstSymbol = new int[LongestCode + 1];
    private static readonly int[] Count = new int[LongestCode + 1];
    private static readonly ushort[] Symbols = new ushort[Lengths.Length];

    static HpackHuffman()
    {
        uint code = 0;
        var next = 0;
        for (var length = 1; length <= LongestCode; length++)
        {
            code <<= 1;
            FirstCode[length] = code;
            FirstSymbol[length] = next;
            for (var symbol = 0; symbol < Lengths.Length; symbol++)
            {
                if (Lengths[symbol] != length)
                    continue;
                Symbols[next++] = (ushort)symbol;
                Codes[symbol] = code++;
                Count[length]++;
            }
        }
    }

    /// <summary>The symbol of a code, <see cref="EndOfString"/> included; null if the bits are only the beginning of one.</summary>
    public static int? SymbolOf(uint code, int length)
    {
        var offset = code - FirstCode[length];
        return code < FirstCode[length] || offset >= Count[length] ? null : Symbols[FirstSymbol[length] + (int)offset];
    }

    /// <summary>The length of the encoded text.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0;
        foreach (var b in text)
            bits += Lengths[b];
        return (bits + 7) / 8;
    }

    public static void Encode(ReadOnlySpan<byte> text, IBufferWriter<byte> into)
    {
        ulong pending = 0;
        var bits = 0;
        foreach (var b in text)
        {
            pending = (pending << Lengths[b]) | Codes[b];
            bits += Lengths[b];
            while (bits >= 8)
            {
                bits -= 8;
                Put((byte)(pending >> bits));
            }
        }
        if (bits > 0)
            Put((byte)((pending << (8 - bits)) | (0xffu >> bits)));

        void Put(byte value)
        {
            into.GetSpan(1)[0] = value;
            into.Advance(1);
        }
    }
}
