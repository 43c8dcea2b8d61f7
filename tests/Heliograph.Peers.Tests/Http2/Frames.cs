using System.Buffers.Binary;
using System.Text;

namespace Heliograph.Peers.Tests.Http2;

/// <summary>The frames of RFC 9113, good and bad, and header blocks whose fields are literals (RFC 7541 section 6.2.2).</summary>
internal static class Frames
{
    public const int EndStream = 1, Ack = 1, EndHeaders = 4, Padded = 8, HasPriority = 0x20;

    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static byte[] Frame(int type, int flags, uint stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    public static byte[] Data(uint stream, int flags, params byte[] payload) => Frame(0, flags, stream, payload);

    public static byte[] Headers(uint stream, int flags, params byte[] block) => Frame(1, flags, stream, block);

    public static byte[] Priority(uint stream, uint on, byte weight = 15) => Frame(2, 0, stream, [.. UInt32(on), weight]);

    public static byte[] Reset(uint stream, uint error = 8) => Frame(3, 0, stream, UInt32(error));

    public static byte[] Settings(params (int Id, uint Value)[] values) =>
        Frame(4, 0, 0, [.. values.SelectMany(static value => (byte[])[(byte)(value.Id >> 8), (byte)value.Id, .. UInt32(value.Value)])]);

    public static byte[] Push(uint stream, params byte[] payload) => Frame(5, EndHeaders, stream, payload);

    public static byte[] Ping(params byte[] payload) => Frame(6, 0, 0, payload);

    public static byte[] GoAway(uint last, uint error = 0) => Frame(7, 0, 0, [.. UInt32(last), .. UInt32(error)]);

    public static byte[] Window(uint stream, uint by) => Frame(8, 0, stream, UInt32(by));

    public static byte[] Continuation(uint stream, int flags, params byte[] block) => Frame(9, flags, stream, block);

    /// <summary>A whole request in one frame.</summary>
    public static byte[] Get(uint stream, string path = "/notes.txt", params string[] fields) =>
        Headers(stream, EndStream | EndHeaders, Block("GET", path, fields));

    /// <summary>A request whose body has not come.</summary>
    public static byte[] Post(uint stream, params string[] fields) => Headers(stream, EndHeaders, Block("POST", "/notes.txt", fields));

    public static byte[] Block(string method, string path, params string[] fields) =>
        Fields([":method=" + method, ":scheme=https", ":path=" + path, ":authority=proxy.example", .. fields]);

    /// <summary>Fields written as <c>name=value</c>.</summary>
    public static byte[] Fields(params string[] fields) => [.. fields.SelectMany(static field =>
    {
        var split = field.IndexOf('=', 1);
        return (byte[])[0, .. Text(field[..split]), .. Text(field[(split + 1)..])];
    })];

    /// <summary>A string that is not Huffman-coded (RFC 7541 section 5.2).</summary>
    public static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
            return [(byte)bytes.Length, .. bytes];
        var length = new List<byte> { 127 };
        var rest = bytes.Length - 127;
        for (; rest >= 128; rest >>= 7)
            length.Add((byte)(0x80 | (rest & 0x7f)));
        return [.. length, (byte)rest, .. bytes];
    }

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
