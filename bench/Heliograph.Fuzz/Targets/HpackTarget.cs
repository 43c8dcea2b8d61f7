using System.Buffers;
using System.Text;
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
        var decoder = new HpackDecoder();
        if (CheckBlock(decoder, first) == Http2Error.None)
            CheckBlock(decoder, blocks[first.Length..]);
    }

    /// <summary>The padding is a code's only freedom, and it is fixed: one text has one code.</summary>
    private static void CheckHuffman(ReadOnlySpan<byte> code)
    {
        if (HpackHuffman.Decode(code) is not { } text)
            return;
        var length = HpackHuffman.EncodedLength(text);
        FaultException.Unless(length == code.Length, $"{code.Length} bytes of code, and back {length}");
        FaultException.Unless(Encode(text).SequenceEqual(code), "the text has another code");
    }

    private static Http2Error CheckBlock(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        var fields = new List<(string Name, string Value)>();
        var builder = new Http2RequestBuilder();
        var error = decoder.Decode(block, (name, value) =>
        {
            fields.Add((name, value));
            builder.AddField(name, value);
        });
        FaultException.Unless(Allowed.Contains(error), $"the error is {error}");
        FaultException.Unless(fields.Count <= block.Length, $"{fields.Count} fields from {block.Length} bytes");
        FaultException.Unless(
            fields.TrueForAll(static field => field.Name.Length is > 0 and <= LongestText && field.Value.Length <= LongestText),
            "a field is too long");
        // What a few bytes of index can grow to is refused.
        var size = fields.Sum(static field => field.Name.Length + field.Value.Length);
        FaultException.Unless(
            size > Http2Limits.LargestHeader == (builder.Error == Http2Error.EnhanceYourCalm), $"{size} bytes of fields: {builder.Error}");
        builder.Finish(hasBody: false);
        CheckAgain(fields);
        return error;
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
        var again = new List<(string Name, string Value)>();
        var error = new HpackDecoder().Decode(block.ToArray(), (name, value) => again.Add((name, value)));
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
