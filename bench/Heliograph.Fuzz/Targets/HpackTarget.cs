using System.Buffers;
using System.Text;
using Heliograph.Web;
using Heliograph.Web.Http2;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are two header blocks of one connection, cut where the first byte says, and a string in Huffman code.</summary>
internal static class HpackTarget
{
    /// <summary>Only these may end a connection for its compression.</summary>
    private static readonly Http2Error[] Allowed =
        [Http2Error.None, Http2Error.Protocol, Http2Error.FrameSize, Http2Error.Compression, Http2Error.EnhanceYourCalm];

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        CheckHuffman(bytes);
        if (bytes.IsEmpty)
            return;
        var blocks = bytes[1..];
        var first = blocks[..Math.Min(blocks.Length, bytes[0])];
        var atOnce = new HeaderBlockReader();
        var inPieces = new HeaderBlockReader();
        if (CheckBlock(atOnce, inPieces, first))
            CheckBlock(atOnce, inPieces, blocks[first.Length..]);
    }

    /// <summary>One text has one code, but for the bytes of padding behind it, which nginx takes.</summary>
    private static void CheckHuffman(ReadOnlySpan<byte> code)
    {
        var atOnce = new ArrayBufferWriter<byte>();
        var inPieces = new ArrayBufferWriter<byte>();
        var reader = default(HuffmanReader);
        var pieceReader = default(HuffmanReader);
        var isCode = reader.TryRead(code, atOnce);
        var isCodeInPieces = true;
        for (var i = 0; i < code.Length && isCodeInPieces; i++)
            isCodeInPieces = pieceReader.TryRead(code.Slice(i, 1), inPieces);
        FaultException.Unless(isCode == isCodeInPieces, "byte by byte it is another code");
        FaultException.Unless(atOnce.WrittenSpan.SequenceEqual(inPieces.WrittenSpan), "byte by byte it is another text");
        if (!isCode || !reader.IsEnding)
            return;
        var again = Encode(atOnce.WrittenSpan);
        FaultException.Unless(code.StartsWith(again), "the text has another code");
        FaultException.Unless(code[again.Length..].IndexOfAnyExcept((byte)0xff) < 0, "something other than padding was skipped");
    }

    // True if the connection goes on.
    private static bool CheckBlock(HeaderBlockReader atOnce, HeaderBlockReader inPieces, ReadOnlySpan<byte> block)
    {
        var (fields, error) = HeaderBlock.Read(atOnce, block, step: block.Length);
        var (same, sameError) = HeaderBlock.Read(inPieces, block, step: Math.Max(1, block.Length / 256));
        FaultException.Unless(error == sameError && fields.SequenceEqual(same), $"at once {error}, in pieces {sameError}");
        FaultException.Unless(Allowed.Contains(error), $"the error is {error}");
        FaultException.Unless(fields.Count <= block.Length, $"{fields.Count} fields from {block.Length} bytes");
        FaultException.Unless(
            fields.TrueForAll(static field => field.Name.Length is > 0 and <= LongestText && field.Value.Length <= LongestText),
            "a field is too long");
        // What a few bytes of index can grow to is refused.
        var size = fields.Sum(static field => field.Name.Length + field.Value.Length);
        FaultException.Unless(size <= Http2Limits.LargestHeader, $"{size} bytes of fields");
        Build(fields);
        CheckAgain(fields);
        return error == Http2Error.None;
    }

    private static void Build(List<(string Name, string Value)> fields)
    {
        var builder = new Http2RequestBuilder(NginxProfile.Nginx128);
        foreach (var (name, value) in fields)
        {
            builder.AddField(name, value);
            if (builder.IsMalformed || builder.RefusedWith != 0)
                return;
        }
        builder.Finish(hasBody: false);
    }

    /// <summary>A code of five bits for each character is the shortest.</summary>
    private const int LongestText = Http2Limits.LargestField * 8 / 5;

    /// <summary>The fields, encoded without a table, decode to the same.</summary>
    private static void CheckAgain(List<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields.Take(64))
        {
            if (name.Length > Http2Limits.LargestField || value.Length > Http2Limits.LargestField)
                return;
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }
        var (again, error) = HeaderBlock.Read(new(), block.ToArray(), step: block.Count);
        FaultException.Unless(
            error == Http2Error.None && again.SequenceEqual(fields.Take(64)), $"decoded again, {error}, the fields differ");
    }

    private static void AddText(List<byte> block, string text)
    {
        const int Prefix = 0x7f;
        var length = text.Length;
        block.Add((byte)Math.Min(length, Prefix));
        if (length >= Prefix)
        {
            for (length -= Prefix; length >= 0x80; length >>= 7)
                block.Add((byte)(0x80 | (length & 0x7f)));
            block.Add((byte)length);
        }
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> text)
    {
        var code = new ArrayBufferWriter<byte>(Math.Max(1, HpackHuffman.EncodedLength(text)));
        HpackHuffman.Encode(text, code);
        return code.WrittenSpan;
    }
}
