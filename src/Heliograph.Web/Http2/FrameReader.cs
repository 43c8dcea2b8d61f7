using System.Buffers.Binary;

namespace Heliograph.Web.Http2;

/// <summary>
/// A client's frame. DATA is reported twice, without its content: its head when it begins, and its end. SETTINGS are reported as they
/// arrive, and HEADERS without the block, whose fields follow.
/// </summary>
internal readonly ref struct Frame
{
    public required FrameType Type { get; init; }

    public required byte Flags { get; init; }

    public required int Stream { get; init; }

    /// <summary>The whole payload, except for DATA; of SETTINGS whole parameters, and of HEADERS the priority.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>For DATA, including padding; for HEADERS, without it.</summary>
    public int Length { get; init; }

    public int Padding { get; init; }

    /// <summary>Nothing of the frame follows.</summary>
    public bool IsEnd { get; init; }

    public bool Has(byte flag) => (Flags & flag) != 0;
}

/// <summary>
/// Splits a client's bytes into frames and checks them in nginx's order (<c>ngx_http_v2_state_head</c> and its successors), so that a
/// wrong length is answered before its payload has arrived. No I/O, never throws.
/// </summary>
internal sealed class FrameReader
{
    private const int PriorityLength = 5;
    private const int SettingLength = 6;

    private readonly HeaderBlockReader block = new();

    private State state;
    private FrameType type;
    private byte flags;
    private int stream;
    private int left;

    private enum State { FirstLine, AfterFirstLine, Head, Frame, Settings, Data, Block, Skip }

    internal enum Outcome { NeedMore, Frame, Field, EndOfBlock, Error }

    /// <summary>The error, after <see cref="Outcome.Error"/>.</summary>
    public Http2Error Error { get; private set; }

    /// <summary>The client has sent part of a frame.</summary>
    public bool IsInFrame => state > State.Head;

    /// <summary>The field, after <see cref="Outcome.Field"/>.</summary>
    public (string Name, string Value) Field => (block.Name, block.Value);

    /// <summary>The length of the block that was read, in bytes, without padding.</summary>
    public int BlockLength => block.Length;

    private static ReadOnlySpan<byte> FirstLine => "PRI * HTTP/2.0\r\n"u8;

    private static ReadOnlySpan<byte> AfterFirstLine => "\r\nSM\r\n\r\n"u8;

    public static (int Length, FrameType Type, byte Flags, int Stream) ReadHead(ReadOnlySpan<byte> bytes) =>
        (
            (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8),
            (FrameType)bytes[3],
            bytes[4],
            BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue
        );

    /// <summary>
    /// Reads the next frame, or part of one, from the unread bytes; <paramref name="taken"/> counts even if more bytes are needed.
    /// Bytes may be moved, but not those before <paramref name="taken"/>. <paramref name="skipsRequests"/>: a GOAWAY has been sent, and
    /// nginx does not even look at HEADERS. <paramref name="isFieldWanted"/>: the request whose block is read has no answer yet.
    /// </summary>
    public Outcome Read(Span<byte> bytes, bool skipsRequests, bool isFieldWanted, out int taken, out Frame frame)
    {
        taken = 0;
        while (true)
        {
            int used;
            var outcome = state switch
            {
                State.FirstLine => ReadPreface(bytes[taken..], FirstLine, out used, out frame),
                State.AfterFirstLine => ReadPreface(bytes[taken..], AfterFirstLine, out used, out frame),
                State.Head => ReadHead(bytes[taken..], out used, out frame),
                State.Frame => ReadFrame(bytes[taken..], skipsRequests, out used, out frame),
                State.Settings => ReadSettings(bytes[taken..], out used, out frame),
                State.Block => ReadBlock(bytes[taken..], isFieldWanted, out used, out frame),
                _ => Skip(bytes[taken..], out used, out frame),
            };
            taken += used;
            if (outcome is { } known)
                return known;
        }
    }

    private Outcome? ReadPreface(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        // nginx compares it when it is complete, not byte by byte.
        if (bytes.Length < expected.Length)
            return Outcome.NeedMore;
        if (!bytes.StartsWith(expected))
            return Fail(Http2Error.Protocol);
        used = expected.Length;
        state++;
        return null;
    }

    private Outcome? ReadHead(ReadOnlySpan<byte> bytes, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        if (bytes.Length < FrameWriter.HeadLength)
            return Outcome.NeedMore;
        used = FrameWriter.HeadLength;
        (left, type, flags, stream) = ReadHead(bytes);
        state = State.Frame;
        return null;
    }

    private Outcome? ReadFrame(ReadOnlySpan<byte> bytes, bool skipsRequests, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        if (CheckHead() is var error and not Http2Error.None)
            return Fail(error);
        switch (type)
        {
            case FrameType.Data:
                return ReadData(bytes, out frame);
            case FrameType.Headers when !skipsRequests:
                return ReadHeaders(bytes, out used, out frame);
            case FrameType.Settings:
                state = State.Settings;
                return null;
            case FrameType.Headers or > FrameType.Continuation:
                state = State.Skip;
                return null;
        }
        var needed = type == FrameType.GoAway ? 8 : left;
        if (bytes.Length < needed)
            return Outcome.NeedMore;
        if (type is FrameType.Ping or FrameType.GoAway && stream != 0)
            return Fail(Http2Error.Protocol);
        if (type == FrameType.GoAway || (type == FrameType.Ping && (flags & FrameFlags.Ack) != 0))
        {
            state = State.Skip;
            return null;
        }
        used = left;
        state = State.Head;
        frame = new() { Type = type, Flags = flags, Stream = stream, Payload = bytes[..left], IsEnd = true };
        return Outcome.Frame;
    }

    private Outcome? ReadData(ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        var padding = 0;
        if ((flags & FrameFlags.Padded) != 0)
        {
            if (bytes.IsEmpty)
                return Outcome.NeedMore;
            padding = bytes[0] + 1;
            if (padding > left)
                return Fail(Http2Error.Protocol);
        }
        state = State.Data;
        frame = new() { Type = FrameType.Data, Flags = flags, Stream = stream, Length = left, Padding = padding };
        return Outcome.Frame;
    }

    private Outcome? ReadHeaders(ReadOnlySpan<byte> bytes, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        var size = HeadersOverhead;
        if (bytes.Length < size)
            return Outcome.NeedMore;
        left -= size;
        var padding = (flags & FrameFlags.Padded) != 0 ? bytes[0] : 0;
        if (padding > left)
            return Fail(Http2Error.Protocol);
        left -= padding;
        used = size;
        state = State.Block;
        block.Begin(stream, flags, left, padding);
        var priority = (flags & FrameFlags.Priority) != 0 ? bytes[(size - PriorityLength)..size] : [];
        frame = new() { Type = FrameType.Headers, Flags = flags, Stream = stream, Payload = priority, Length = left };
        return Outcome.Frame;
    }

    private Outcome? ReadSettings(ReadOnlySpan<byte> bytes, out int used, out Frame frame)
    {
        var whole = Math.Min(left, bytes.Length);
        used = whole - (whole % SettingLength);
        frame = default;
        if (used == 0 && left > 0)
            return Outcome.NeedMore;
        left -= used;
        frame = new() { Type = FrameType.Settings, Flags = flags, Stream = stream, Payload = bytes[..used], IsEnd = left == 0 };
        if (left == 0)
            state = State.Head;
        return Outcome.Frame;
    }

    private Outcome? ReadBlock(Span<byte> bytes, bool isFieldWanted, out int used, out Frame frame)
    {
        frame = default;
        var outcome = block.Read(bytes, isFieldWanted, out used);
        switch (outcome)
        {
            case HeaderBlockReader.Outcome.NeedMore:
                return Outcome.NeedMore;
            case HeaderBlockReader.Outcome.Field:
                return Outcome.Field;
            case HeaderBlockReader.Outcome.Error:
                return Fail(block.Error);
        }
        left = block.Padding;
        state = State.Skip;
        return Outcome.EndOfBlock;
    }

    private Outcome? Skip(ReadOnlySpan<byte> bytes, out int used, out Frame frame)
    {
        used = Math.Min(left, bytes.Length);
        left -= used;
        frame = default;
        if (left > 0)
            return Outcome.NeedMore;
        var isData = state == State.Data;
        state = State.Head;
        if (!isData)
            return null;
        frame = new() { Type = FrameType.Data, Flags = flags, Stream = stream, IsEnd = true };
        return Outcome.Frame;
    }

    private int HeadersOverhead =>
        ((flags & FrameFlags.Padded) != 0 ? 1 : 0) + ((flags & FrameFlags.Priority) != 0 ? PriorityLength : 0);

    // What nginx rejects before anything of the payload has arrived.
    private Http2Error CheckHead()
    {
        if (type is FrameType.PushPromise or FrameType.Continuation || (type == FrameType.Settings && stream != 0))
            return Http2Error.Protocol;
        var isRight = type switch
        {
            FrameType.Data => (flags & FrameFlags.Padded) == 0 || left > 0,
            FrameType.Headers => left > HeadersOverhead,
            FrameType.Priority => left == PriorityLength,
            FrameType.ResetStream or FrameType.WindowUpdate => left == 4,
            FrameType.Settings => flags == FrameFlags.Ack ? left == 0 : left % SettingLength == 0,
            FrameType.Ping => left == 8,
            FrameType.GoAway => left >= 8,
            _ => true,
        };
        return isRight ? Http2Error.None : Http2Error.FrameSize;
    }

    private Outcome Fail(Http2Error error)
    {
        Error = error;
        return Outcome.Error;
    }
}
