using System.Buffers;
using System.Text;

namespace Heliograph.Web.Http2;

/// <summary>
/// Reads header blocks (RFC 7541) byte by byte as they arrive, across the CONTINUATION frames, as nginx does
/// (<c>ngx_http_v2_state_header_block</c> and its successors): an error is found at the byte that makes it, and a field is known
/// before the next one has arrived. No I/O, never throws.
/// </summary>
internal sealed class HeaderBlockReader
{
    // NGX_HTTP_V2_INT_OCTETS: nginx reads no integer longer than this, and begins none with fewer bytes left of a frame that is not
    // the block's last.
    private const int IntegerOctets = 4;

    private readonly HpackTable table = new();
    // A connection may be idle for long after a large request: no more than this of it stays.
    private const int KeptWhileIdle = 256;

    private static readonly string LongText = new(' ', KeptWhileIdle);

    private ArrayBufferWriter<byte> content = new();

    private Step step;
    private int stream;
    private byte flags;
    private int left;
    private int padding;
    private int room;
    private bool isIndexed;
    private bool isName;
    private bool isHuffman;
    private bool isSkipped;
    private HuffmanReader huffman;
    private int stringLeft;

    // The last string that was decoded. One that is skipped counts as this one, which is nginx's mistake: after a request that was
    // refused for an empty value, the next name is an empty one, and ends the connection.
    private string text = "";

    private enum Step { Field, Length, Content, FieldEnd }

    internal enum Outcome { NeedMore, Field, End, Error }

    /// <summary>The field, after <see cref="Outcome.Field"/>.</summary>
    public string Name { get; private set; } = "";

    public string Value { get; private set; } = "";

    /// <summary>The error, after <see cref="Outcome.Error"/>.</summary>
    public Http2Error Error { get; private set; }

    /// <summary>Of the block so far, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>What follows the block in its last frame, after <see cref="Outcome.End"/>.</summary>
    public int Padding => padding;

    private bool IsLastFrame => (flags & FrameFlags.EndHeaders) != 0;

    /// <summary>A HEADERS frame has begun; <paramref name="length"/> is what is left of it without its padding.</summary>
    public void Begin(int stream, byte flags, int length, int padding)
    {
        this.stream = stream;
        this.flags = flags;
        left = length;
        Length = length;
        this.padding = padding;
        room = Http2Limits.LargestHeader;
        step = Step.Field;
    }

    /// <summary>
    /// Reads on, up to the next field, the block's end or an error. Bytes may be moved within <paramref name="bytes"/>, which has to
    /// come again from <paramref name="taken"/> on. If the request has its answer already, only what changes the table is decoded, and
    /// the fields mean nothing.
    /// </summary>
    public Outcome Read(Span<byte> bytes, bool isWanted, out int taken)
    {
        taken = 0;
        while (true)
        {
            var rest = bytes[taken..];
            int used;
            Outcome? outcome;
            if (NeedsContinuation(rest.Length))
                outcome = ReadContinuation(rest, out used);
            else
                outcome = step switch
                {
                    Step.Field => ReadIndex(rest, out used),
                    Step.Length => ReadLength(rest, isWanted, out used),
                    Step.Content => ReadContent(rest, out used),
                    _ => EndField(out used),
                };
            taken += used;
            if (outcome is { } known)
                return known;
        }
    }

    private bool NeedsContinuation(int available) =>
        !IsLastFrame
        && step switch
        {
            // Without a byte to look at, nginx does not ask yet how many there will be.
            Step.Field => available > 0 && left < IntegerOctets,
            Step.Length => left < IntegerOctets,
            Step.Content => left == 0 && stringLeft > 0,
            _ => left == 0,
        };

    // What is left of a frame, less than an integer, is moved behind the next frame's head.
    private Outcome? ReadContinuation(Span<byte> bytes, out int used)
    {
        used = 0;
        if (padding > 0 && bytes.Length > left)
        {
            used = Math.Min(padding, bytes.Length - left);
            padding -= used;
            bytes[..left].CopyTo(bytes[used..]);
        }
        var rest = bytes[used..];
        if (rest.Length < left + FrameWriter.HeadLength)
            return Outcome.NeedMore;
        var (length, type, newFlags, ofStream) = FrameReader.ReadHead(rest[left..]);
        if (type != FrameType.Continuation || ofStream != stream)
            return Fail(Http2Error.Protocol);
        rest[..left].CopyTo(rest[FrameWriter.HeadLength..]);
        used += FrameWriter.HeadLength;
        flags |= newFlags;
        left += length;
        Length += length;
        return null;
    }

    private Outcome? ReadIndex(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        if (bytes.IsEmpty)
            return Outcome.NeedMore;
        var first = bytes[0];
        var prefixBits = first switch { >= 0x80 => 7, >= 0x40 => 6, >= 0x20 => 5, _ => 4 };
        if (ReadInteger(bytes, prefixBits, out var value, out used) is { } outcome)
            return outcome;
        if (first is >= 0x20 and < 0x40)
        {
            if (!table.TryResize(value))
                return Fail(Http2Error.Compression);
            step = Step.FieldEnd;
            return null;
        }
        isName = first < 0x80 && value == 0;
        if (!isName)
        {
            if (!table.TryGet(value, out var entry))
                return Fail(Http2Error.Compression);
            Name = entry.Name;
            if (first >= 0x80)
            {
                Value = entry.Value;
                return Complete();
            }
        }
        isIndexed = first >= 0x40;
        step = Step.Length;
        return null;
    }

    private Outcome? ReadLength(ReadOnlySpan<byte> bytes, bool isWanted, out int used)
    {
        used = 0;
        if (left == 0)
            return Fail(Http2Error.FrameSize);
        if (bytes.IsEmpty)
            return Outcome.NeedMore;
        isHuffman = bytes[0] >= 0x80;
        if (ReadInteger(bytes, prefixBits: 7, out stringLeft, out used) is { } outcome)
            return outcome;
        if (stringLeft > Http2Limits.LargestField)
            return Fail(Http2Error.EnhanceYourCalm);
        huffman = default;
        content.ResetWrittenCount();
        isSkipped = !isWanted && !isIndexed;
        step = Step.Content;
        return null;
    }

    private Outcome? ReadContent(ReadOnlySpan<byte> bytes, out int used)
    {
        used = Math.Min(Math.Min(bytes.Length, stringLeft), left);
        left -= used;
        stringLeft -= used;
        if (!isSkipped && !TryDecode(bytes[..used]))
            return Fail(Http2Error.Compression);
        if (stringLeft > 0 && left > 0)
            return Outcome.NeedMore;
        if (stringLeft > 0)
            return IsLastFrame ? Fail(Http2Error.FrameSize) : null;
        if (!isSkipped)
            text = Encoding.Latin1.GetString(content.WrittenSpan);
        if (!isName)
        {
            Value = text;
            return Complete();
        }
        isName = false;
        Name = text;
        if (text.Length == 0)
            return Fail(Http2Error.Protocol);
        step = Step.Length;
        return null;
    }

    private bool TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (isHuffman)
            return huffman.TryRead(bytes, content) && (stringLeft > 0 || huffman.IsEnding);
        content.Write(bytes);
        return true;
    }

    private Outcome? Complete()
    {
        room -= Name.Length + Value.Length;
        if (room < 0)
            return Fail(Http2Error.EnhanceYourCalm);
        if (isIndexed)
            table.Add(Name, Value);
        isIndexed = false;
        step = Step.FieldEnd;
        return Outcome.Field;
    }

    private Outcome? EndField(out int used)
    {
        used = 0;
        if (left == 0)
        {
            Forget();
            return Outcome.End;
        }
        step = Step.Field;
        return null;
    }

    private void Forget()
    {
        (Name, Value) = ("", "");
        if (content.Capacity > KeptWhileIdle)
            content = new();
        if (text.Length > KeptWhileIdle)
            text = LongText;
    }

    // Null if there is one. nginx's limits apply in this order: the block's bytes, the octets of an integer, what has arrived.
    private Outcome? ReadInteger(ReadOnlySpan<byte> bytes, int prefixBits, out int value, out int used)
    {
        used = 0;
        var prefix = (1 << prefixBits) - 1;
        value = bytes[0] & prefix;
        var length = 1;
        if (value == prefix)
        {
            var most = Math.Min(bytes.Length, IntegerOctets);
            do
            {
                if (length == most)
                {
                    if (most >= left)
                        return Fail(Http2Error.FrameSize);
                    return most == IntegerOctets ? Fail(Http2Error.Compression) : Outcome.NeedMore;
                }
                value += (bytes[length] & 0x7f) << (7 * (length - 1));
            } while (bytes[length++] >= 0x80);
        }
        if (length > left)
            return Fail(Http2Error.FrameSize);
        used = length;
        left -= length;
        return null;
    }

    private Outcome Fail(Http2Error error)
    {
        Error = error;
        return Outcome.Error;
    }
}
