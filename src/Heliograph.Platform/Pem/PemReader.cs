using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Heliograph.Platform.Pem;

/// <summary>
/// Reads a PEM text (RFC 7468) whole or not at all. It does no I/O and never throws, whatever the text is.
/// </summary>
/// <remarks>
/// What nginx takes whole is taken: text between the blocks, CRLF, blanks at the ends of lines, a byte order mark before a block. What
/// OpenSSL's reader refuses is refused. Where that reader would skip a block in silence, because its first line is damaged, this one
/// refuses the text: a server that sends half a chain works for some clients only. .NET's own reader skips every block that it does not
/// understand.
/// </remarks>
public static class PemReader
{
    private const int LongestLabel = 64;

    private static readonly SearchValues<byte> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t"u8);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> End => "-----END "u8;

    private static ReadOnlySpan<byte> Tail => "-----"u8;

    /// <param name="text">A file's bytes, or a text in UTF-8.</param>
    public static PemText Read(ReadOnlySpan<byte> text)
    {
        var blocks = new List<PemBlock>();
        return new PemText(blocks, ReadBlocks(text, blocks));
    }

    private static PemProblem? ReadBlocks(ReadOnlySpan<byte> text, List<PemBlock> blocks)
    {
        var lines = new Lines(text);
        while (lines.TryRead(out var line))
        {
            var number = blocks.Count + 1;
            if (WithoutMark(line).StartsWith(Begin) && ReadLabel(WithoutMark(line)[Begin.Length..]) is { } label)
            {
                if (ReadBlock(number, label, ref lines, out var problem) is not { } block)
                    return problem;
                blocks.Add(block);
            }
            else if (FindFault(line, text) is { } fault)
            {
                return new(number, lines.Number, fault);
            }
        }
        return lines.Last.Length > 0 && Begin.StartsWith(lines.Last) ? new(blocks.Count + 1, lines.Number, "the file was cut short") : null;
    }

    /// <summary>Everything after a block's first line, up to its last.</summary>
    private static PemBlock? ReadBlock(int number, string label, ref Lines lines, out PemProblem? problem)
    {
        var first = lines.Number;
        var base64 = new ArrayBufferWriter<byte>();
        var (inHeader, isEncrypted, isEmpty) = (false, false, true);
        while (lines.TryRead(out var line))
        {
            if (line.StartsWith(End))
            {
                ReadOnlyMemory<byte> data = default;
                var isEnd = !inHeader && ReadLabel(line[End.Length..]) == label;
                var reason = isEnd ? Decode(base64, out data, first, lines.Number) : FindEndFault(line, label);
                problem = reason is null ? null : new(number, isEnd ? first : lines.Number, reason);
                return reason is null ? new(number, first, label, data, isEncrypted) : null;
            }
            // OpenSSL would take it for a line of the header, and the block that begins here would be lost.
            if (line.IndexOf(Begin) >= 0)
            {
                problem = new(
                    number, lines.Number,
                    $"another block begins before the \"-----END {label}-----\" of this one: it was cut short; copy it again");
                return null;
            }
            // RFC 1421 section 4.4: "Name: value" lines and an empty line come before the data.
            if (line.Contains((byte)':') && (isEmpty || inHeader))
            {
                inHeader = true;
                isEncrypted |= line.StartsWith("Proc-Type:"u8) && line.IndexOf("ENCRYPTED"u8) >= 0;
            }
            else if (line.IsEmpty && (isEmpty || inHeader))
            {
                inHeader = false;
            }
            else if (!inHeader && FindDataFault(line) is { } fault)
            {
                problem = new(number, lines.Number, fault);
                return null;
            }
            else if (!inHeader)
            {
                base64.Write(line);
            }
            isEmpty = false;
        }
        problem = new(number, first, $"the file ends before its \"-----END {label}-----\": it was cut short; copy it again");
        return null;
    }

    private static string? Decode(ArrayBufferWriter<byte> base64, out ReadOnlyMemory<byte> data, int first, int last)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.WrittenCount)];
        var status = Base64.DecodeFromUtf8(base64.WrittenSpan, decoded, out _, out var length);
        data = decoded.AsMemory(0, length);
        return status != OperationStatus.Done ? $"lines {first + 1} to {last - 1} are not whole base64: characters are missing or changed"
            : length == 0 ? "it is empty"
            : null;
    }

    private static string? FindDataFault(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf(End) >= 0)
            return "its \"-----END\" is not at the beginning of a line";
        if (line.IsEmpty)
            return "an empty line in the middle of its base64";
        return line.ContainsAnyExcept(Base64Characters) ? "not base64" : null;
    }

    private static string FindEndFault(ReadOnlySpan<byte> line, string label) =>
        line.IndexOf(Tail) >= 0 && line.IndexOf("-BEGIN"u8) >= 0
            ? "two blocks are glued together: a line end is missing before \"-----BEGIN\" (files joined without one at their ends)"
            : $"not \"-----END {label}-----\" alone on its line: the block was cut short, or two blocks were mixed";

    /// <summary>What is wrong with a line outside of the blocks, where any text is allowed.</summary>
    private static string? FindFault(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || text.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return "the text is in UTF-16; save it as UTF-8 without a byte order mark";
        if (line.IndexOfAnyInRange((byte)0x00, (byte)0x08) >= 0 || line.IndexOfAnyInRange((byte)0x0e, (byte)0x1f) >= 0)
            return "binary data, not PEM; convert a certificate in DER with: openssl x509 -inform der -in FILE -out FILE.pem";
        if (HasMarker(line, "BEGIN "u8))
            return "a \"-----BEGIN\" line is damaged: it must be alone on its line, with five hyphens on each side";
        return HasMarker(line, "END "u8) ? "a block ends here that has not begun: its \"-----BEGIN\" line is missing or damaged" : null;
    }

    /// <summary>Whether the word follows a hyphen, or the dash that a word processor made of it.</summary>
    private static bool HasMarker(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) =>
        line.IndexOf(word) is var at and > 0 && (line[at - 1] == '-' || line[at - 1] >= 0x80);

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line) =>
        line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line;

    /// <param name="rest">The line after "-----BEGIN " or "-----END ".</param>
    /// <returns>Null: the line is not a whole first or last line.</returns>
    private static string? ReadLabel(ReadOnlySpan<byte> rest)
    {
        if (!rest.EndsWith(Tail))
            return null;
        var label = rest[..^Tail.Length];
        return label.Length is 0 or > LongestLabel || label.ContainsAnyExceptInRange((byte)' ', (byte)'~') || label.IndexOf("--"u8) >= 0
            ? null
            : Encoding.ASCII.GetString(label);
    }

    /// <summary>The lines of a text, without what OpenSSL takes off their ends: blanks and control characters.</summary>
    private ref struct Lines(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> rest = text;

        /// <summary>The line that was read last, from 1.</summary>
        public int Number { get; private set; }

        /// <summary>The last line, if the text ends without a line end.</summary>
        public ReadOnlySpan<byte> Last { get; private set; }

        public bool TryRead(out ReadOnlySpan<byte> line)
        {
            line = default;
            if (rest.IsEmpty)
                return false;
            Number++;
            var end = rest.IndexOf((byte)'\n');
            line = end < 0 ? rest : rest[..end];
            Last = end < 0 ? rest : default;
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line[..(line.LastIndexOfAnyExceptInRange((byte)0, (byte)' ') + 1)];
            return true;
        }
    }
}
