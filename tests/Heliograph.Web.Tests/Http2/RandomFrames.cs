using System.Buffers.Binary;

namespace Heliograph.Web.Tests.Http2;

/// <summary>
/// Conversations that nobody would write down: frames of every type, right and wrong, each with the length that its head says, so that
/// the next one is always read as a frame. The same seed makes the same ones.
/// </summary>
internal sealed class RandomFrames(int seed)
{
    private const int Headers = 1;
    private const int Settings = 4;
    private const int Continuation = 9;
    private const int EndHeaders = 4;

    private static readonly string[] Paths =
    [
        "/", "/notes.txt", "/style.css", "/nothing", "/empty.txt", "/bare/", "/../x", "notes.txt", "/a b", "", "/medium.bin", "/about.html",
    ];

    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "CONNECT", "BREW", "get"];

    private static readonly string[] Fields =
    [
        "range=bytes=1-2", "if-none-match=*", "te=gzip", "Name=x", "na me=x", "na(me=x", "v=a\nb", ":what=x", ":path=/", "host=example.org",
        "content-length=5", "content-length=x", "content-length=0", "transfer-encoding=chunked", "transfer-encoding=gzip", "cookie=a=b",
        "connection=close", "expect=100-continue", "user-agent=Mozilla/5.0 Chrome/120.0.0.0", ":scheme=http", ":method=GET", "host=a/b",
        "accept-encoding=gzip", "accept-encoding=gzip, deflate, br", "via=x",
    ];

    private static readonly int[] Flags = [0, 0, 1, 4, 4, 5, 5, 5, 8, 9, 0x0c, 0x0d, 0x20, 0x25, 0x2d, 0xff];

    private static readonly uint[] Values = [0, 1, 2, 10, 4096, 16384, 65535, 1 << 20, (1 << 24) - 1, 1 << 24, int.MaxValue, 1u << 31];

    private readonly Random random = new(seed);
    private int stream = -1;

    /// <summary>The client's preface and up to eight frames.</summary>
    public byte[] Conversation()
    {
        stream = -1;
        byte[] start = [.. RawHttp2.Preface, .. RawHttp2.Frame(Settings, 0, 0)];
        return [.. start, .. Enumerable.Range(0, random.Next(1, 9)).SelectMany(_ => Next())];
    }

    private byte[] Next() => random.Next(10) switch
    {
        < 4 => Request(),
        4 => RawHttp2.Frame(Headers, Pick(Flags), NextStream(), Bytes(random.Next(20))),
        5 => RawHttp2.Frame(
            Settings, random.Next(8) / 7, random.Next(10) / 9, [.. Enumerable.Range(0, random.Next(4)).SelectMany(_ => Setting())]),
        6 => RawHttp2.Frame(8, 0, AnyStream(), Number(Pick(Values))),
        _ => RawHttp2.Frame(random.Next(12), Pick(Flags), AnyStream(), Bytes(Pick([0, 1, 3, 4, 5, 6, 8, 8, 9, 12, random.Next(60)]))),
    };

    private byte[] Request()
    {
        var block = Http2Cases.Block(Pick(Methods), Pick(Paths), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Pick(Fields))]);
        if (random.Next(4) == 0)
            block[random.Next(block.Length)] = (byte)random.Next(256);
        var id = NextStream();
        var flags = random.Next(4) == 0 ? 0 : 1;
        if (random.Next(3) > 0)
            return RawHttp2.Frame(Headers, flags | EndHeaders, id, block);
        var cut = random.Next(block.Length);
        var padding = random.Next(3) == 0 ? random.Next(6) : -1;
        var first = padding < 0 ? block[..cut] : [(byte)padding, .. block[..cut], .. new byte[padding]];
        return
        [
            .. RawHttp2.Frame(Headers, flags | (padding < 0 ? 0 : 8), id, first),
            .. RawHttp2.Frame(
                random.Next(9) == 0 ? random.Next(12) : Continuation, EndHeaders, random.Next(9) == 0 ? AnyStream() : id, block[cut..]),
        ];
    }

    private byte[] Setting() => [0, (byte)random.Next(8), .. Number(Pick(Values))];

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private int NextStream() => random.Next(12) == 0 ? AnyStream() : stream += 2;

    private int AnyStream() => random.Next(3) == 0 ? 0 : random.Next(12);

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
