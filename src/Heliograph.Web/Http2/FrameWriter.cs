using System.Buffers;
using System.Buffers.Binary;

namespace Heliograph.Web.Http2;

/// <summary>Writes frames into a buffer.</summary>
internal static class FrameWriter
{
    public const int HeadLength = 9;

    public static void Head(IBufferWriter<byte> into, int length, FrameType type, byte flags, int stream)
    {
        var head = into.GetSpan(HeadLength);
        BinaryPrimitives.WriteUInt32BigEndian(head, ((uint)length << 8) | (byte)type);
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        into.Advance(HeadLength);
    }

    public static void Preface(IBufferWriter<byte> into)
    {
        Head(into, 18, FrameType.Settings, FrameFlags.None, 0);
        Setting(into, 3, Http2Limits.MostStreams);
        Setting(into, 4, Http2Limits.StreamWindow);
        Setting(into, 5, Http2Limits.LargestFrame);
        WindowUpdate(into, 0, Http2Limits.LargestWindow - Http2Limits.DefaultWindow);
    }

    public static void SettingsAck(IBufferWriter<byte> into) => Head(into, 0, FrameType.Settings, FrameFlags.Ack, 0);

    public static void WindowUpdate(IBufferWriter<byte> into, int stream, int increment)
    {
        Head(into, 4, FrameType.WindowUpdate, FrameFlags.None, stream);
        Number(into, increment);
    }

    public static void ResetStream(IBufferWriter<byte> into, int stream, Http2Error error)
    {
        Head(into, 4, FrameType.ResetStream, FrameFlags.None, stream);
        Number(into, (int)error);
    }

    public static void GoAway(IBufferWriter<byte> into, int lastStream, Http2Error error)
    {
        Head(into, 8, FrameType.GoAway, FrameFlags.None, 0);
        Number(into, lastStream);
        Number(into, (int)error);
    }

    public static void PingAck(IBufferWriter<byte> into, ReadOnlySpan<byte> payload)
    {
        Head(into, payload.Length, FrameType.Ping, FrameFlags.Ack, 0);
        into.Write(payload);
    }

    private static void Setting(IBufferWriter<byte> into, ushort id, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(into.GetSpan(2), id);
        into.Advance(2);
        Number(into, value);
    }

    private static void Number(IBufferWriter<byte> into, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(into.GetSpan(4), value);
        into.Advance(4);
    }
}
