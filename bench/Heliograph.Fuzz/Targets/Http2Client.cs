using System.Buffers.Binary;
using Heliograph.Web.Http2;

namespace Heliograph.Fuzz.Targets;

/// <summary>What a client may expect of a server's frames, whatever it has sent itself (RFC 9113).</summary>
internal sealed class Http2Client(ReadOnlySpan<byte> sent)
{
    private const int HeadLength = 9;

    private readonly byte[] sent = sent.ToArray();
    private readonly HeaderBlockReader blocks = new();
    private readonly Dictionary<int, Stream> streams = [];
    private long connectionWindow = Http2Limits.DefaultWindow;
    private long largestInitialWindow = Http2Limits.DefaultWindow;
    private int largestFrame = Http2Limits.DefaultFrame;
    private int expectedAcks;
    private int noted;

    /// <summary>Takes note of what the frames that begin before a place in the sent bytes allow the server.</summary>
    public void SendsUpTo(int place)
    {
        while (noted < place && sent.Length - noted >= HeadLength)
        {
            var (length, type, flags, stream) = FrameReader.ReadHead(sent.AsSpan(noted));
            var payload = sent.AsSpan(noted + HeadLength);
            Note(type, flags, stream, payload[..Math.Min(length, payload.Length)]);
            noted = Math.Min(noted + HeadLength + length, sent.Length);
        }
    }

    public void Receives(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            FaultException.Unless(bytes.Length >= HeadLength, "the server's last frame has no whole head");
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8);
            FaultException.Unless(length <= bytes.Length - HeadLength && length <= largestFrame, $"a frame of {length} bytes");
            var stream = BinaryPrimitives.ReadInt32BigEndian(bytes[5..]);
            Receive((FrameType)bytes[3], bytes[4], stream, bytes.Slice(HeadLength, length));
            bytes = bytes[(HeadLength + length)..];
        }
    }

    private void Note(FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.WindowUpdate when payload.Length == 4:
                var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
                if (stream == 0)
                    connectionWindow += increment;
                else
                    Find(stream).Window += increment;
                break;
            case FrameType.Settings when flags != FrameFlags.Ack:
                expectedAcks++;
                for (var rest = payload; rest.Length >= 6; rest = rest[6..])
                    Allow(BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt32BigEndian(rest[2..]));
                break;
            case FrameType.Headers:
                Find(stream).IsAsked = true;
                break;
        }
    }

    private void Receive(FrameType type, byte flags, int number, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Headers:
                ReceiveAnswer(Find(number), payload);
                Find(number).IsEnded = (flags & FrameFlags.EndStream) != 0;
                break;
            case FrameType.Data:
                ReceiveData(Find(number), payload.Length);
                Find(number).IsEnded = (flags & FrameFlags.EndStream) != 0;
                break;
            case FrameType.ResetStream:
                FaultException.Unless(Find(number).IsAsked && payload.Length == 4, $"stream {number} is reset, and was never opened");
                Find(number).IsReset = true;
                break;
            case FrameType.Settings:
                if ((flags & FrameFlags.Ack) != 0)
                    FaultException.Unless(expectedAcks-- > 0, "more SETTINGS are acknowledged than were sent");
                break;
            case FrameType.WindowUpdate:
                FaultException.Unless(BinaryPrimitives.ReadInt32BigEndian(payload) > 0, "a window is opened by nothing");
                break;
            default:
                FaultException.Unless(
                    type is FrameType.Ping or FrameType.GoAway && number == 0, $"a frame of type {type} on stream {number}");
                break;
        }
    }

    private void ReceiveAnswer(Stream stream, ReadOnlySpan<byte> block)
    {
        FaultException.Unless(stream is { IsAsked: true, IsAnswered: false, IsReset: false }, "an answer to nothing");
        stream.IsAnswered = true;
        var (fields, error) = HeaderBlock.Read(blocks, block, step: block.Length);
        FaultException.Unless(error == Http2Error.None, $"an answer that does not decode: {error}");
        FaultException.Unless(
            fields is [(":status", { Length: 3 }), ..] && fields.TrueForAll(static field => !field.Value.Any(char.IsControl)),
            $"the answer is {string.Join(", ", fields)}");
    }

    private void ReceiveData(Stream stream, int length)
    {
        FaultException.Unless(
            stream is { IsAnswered: true, IsEnded: false, IsReset: false }, "a body without an answer, or behind its end");
        connectionWindow -= length;
        stream.Window -= length;
        FaultException.Unless(connectionWindow >= 0 && stream.Window + largestInitialWindow >= 0, "a body beyond its window");
    }

    private void Allow(ushort setting, uint value)
    {
        if (setting == 4)
            largestInitialWindow = Math.Max(largestInitialWindow, value);
        if (setting == 5)
            largestFrame = (int)Math.Max(largestFrame, Math.Min(value, Http2Limits.LargestFrame));
    }

    private Stream Find(int number)
    {
        if (!streams.TryGetValue(number, out var stream))
            streams[number] = stream = new();
        return stream;
    }

    private sealed class Stream
    {
        /// <summary>Beyond the initial window.</summary>
        public long Window { get; set; }

        public bool IsAsked { get; set; }

        public bool IsAnswered { get; set; }

        public bool IsEnded { get; set; }

        public bool IsReset { get; set; }
    }
}
