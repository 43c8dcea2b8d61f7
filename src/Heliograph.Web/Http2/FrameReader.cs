using System.Buffers.Binary;

namespace Heliograph.Web.Http2;

/// <summary>A client's frame. DATA is reported twice, without its content: its head when it begins, and its end.</summary>
internal readonly ref struct Frame
{
    public required FrameType Type { get; init; }

    public required byte Flags { get; init; }

    public required int Stream { get; init; }

    /// <summary>The whole payload, except for DATA.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>For DATA, including padding.</summary>
    public int Length { get; init; }

    public int Padding { get; init; }

    public bool IsEndOfData { get; init; }

    public bool Has(byte flag) => (Flags & flag) != 0;
}

/// <summary>
/// Splits a client's bytes into frames and checks them in nginx's order, so that a wrong length is answered before its payload
/// has arrived. No I/O, never throws.
/// </summary>
internal sealed class FrameReader
{
    private long skip;
    private bool isInData;
    private byte dataFlags;
    private int dataStream;
    private int preface;

    internal enum Outcome
    {
        NeedMore,
        Frame,
        Error,
    }

    /// <summary>The error, after <see cref="Outcome.Error"/>.</summary>
    public Http2Error Error { get; private set; }

    /// <summary>The client has sent part of a frame: nginx allows client_header_timeout for the rest.</summary>
    public bool IsInFrame => skip > 0;

    private static ReadOnlySpan<byte> FirstLine => "PRI * HTTP/2.0\r\n"u8;

    private static ReadOnlySpan<byte> AfterFirstLine => "\r\nSM\r\n\r\n"u8;

    /// <summary>Reads the next frame from the unread bytes; <paramref name="taken"/> counts even if more bytes are needed.</summary>
    public Outcome Read(ReadOnlySpan<byte> bytes, out int taken, out Frame frame)
    {
        taken = 0;
        frame = default;
        while (preface < 2)
        {
            var expected = preface == 0 ? FirstLine : AfterFirstLine;
            // nginx compares it when it is complete, not byte by byte.
            if (bytes.Length - taken < expected.Length)
                return Outcome.NeedMore;
            if (!bytes[taken..].StartsWith(expected))
                return Fail(Http2Error.Protocol);
            taken += expected.Length;
            preface++;
        }
        while (true)
        {
            var skipped = (int)Math.Min(skip, bytes.Length - taken);
            skip -= skipped;
            taken += skipped;
            if (skip > 0)
                return Outcome.NeedMore;
            if (isInData)
            {
                isInData = false;
                frame = new() { Type = FrameType.Data, Flags = dataFlags, Stream = dataStream, IsEndOfData = true };
                return Outcome.Frame;
            }
            var rest = bytes[taken..];
            if (rest.Length < FrameWriter.HeadLength)
                return Outcome.NeedMore;
            var outcome = ReadFrame(rest, out var used, out frame);
            taken += used;
            // Nothing to report although bytes were read: an ignored frame.
            if (outcome != Outcome.NeedMore || used == 0)
                return outcome;
        }
    }

    private Outcome ReadFrame(ReadOnlySpan<byte> bytes, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8);
        var type = (FrameType)bytes[3];
        var flags = bytes[4];
        var stream = BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue;
        var payload = bytes[FrameWriter.HeadLength..];
        if (type == FrameType.PushPromise)
            return Fail(Http2Error.Protocol);
        if (!IsLengthRight(type, flags, length))
            return Fail(Http2Error.FrameSize);
        if (type == FrameType.Data)
            return ReadData(length, flags, stream, payload, out used, out frame);
        if (type is FrameType.GoAway or > FrameType.Continuation || (type == FrameType.Ping && (flags & FrameFlags.Ack) != 0))
        {
            used = FrameWriter.HeadLength;
            skip = length;
            return Outcome.NeedMore;
        }
        if (length > Http2Limits.LargestBlock)
            return Fail(Http2Error.EnhanceYourCalm);
        if (payload.Length < length)
            return Outcome.NeedMore;
        used = FrameWriter.HeadLength + length;
        frame = new() { Type = type, Flags = flags, Stream = stream, Payload = payload[..length] };
        return Outcome.Frame;
    }

    private Outcome ReadData(int length, byte flags, int stream, ReadOnlySpan<byte> payload, out int used, out Frame frame)
    {
        used = 0;
        frame = default;
        var padding = 0;
        if ((flags & FrameFlags.Padded) != 0)
        {
            if (payload.IsEmpty)
                return Outcome.NeedMore;
            padding = payload[0] + 1;
            if (padding > length)
                return Fail(Http2Error.Protocol);
        }
        used = FrameWriter.HeadLength;
        skip = length;
        isInData = true;
        dataFlags = flags;
        dataStream = stream;
        frame = new() { Type = FrameType.Data, Flags = flags, Stream = stream, Length = length, Padding = padding };
        return Outcome.Frame;
    }

    private static bool IsLengthRight(FrameType type, byte flags, int length) => type switch
    {
        FrameType.Data => (flags & FrameFlags.Padded) == 0 || length > 0,
        FrameType.Headers => length > ((flags & FrameFlags.Padded) != 0 ? 1 : 0) + ((flags & FrameFlags.Priority) != 0 ? 5 : 0),
        FrameType.Priority => length == 5,
        FrameType.ResetStream or FrameType.WindowUpdate => length == 4,
        FrameType.Settings => flags == FrameFlags.Ack ? length == 0 : length % 6 == 0,
        FrameType.Ping => length == 8,
        FrameType.GoAway => length >= 8,
        _ => true,
    };

    private Outcome Fail(Http2Error error)
    {
        Error = error;
        return Outcome.Error;
    }
}
