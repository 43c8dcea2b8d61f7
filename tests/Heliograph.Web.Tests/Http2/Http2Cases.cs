using System.Text;
using Heliograph.Web.Tests.Http;

namespace Heliograph.Web.Tests.Http2;

/// <summary>HTTP/2 conversations whose frames must be nginx's, and how many streams of each get an answer.</summary>
internal static class Http2Cases
{
    private const int Data = 0;
    private const int Headers = 1;
    private const int Priority = 2;
    private const int Reset = 3;
    private const int Settings = 4;
    private const int Ping = 6;
    private const int GoAway = 7;
    private const int Window = 8;
    private const int Continuation = 9;

    public static IReadOnlyDictionary<string, (byte[] Bytes, int Streams)> All { get; } = Make();

    /// <summary>A request's block: literal fields, none of them indexed.</summary>
    public static byte[] Block(string method, string path, params string[] fields) =>
        Fields([":method=" + method, ":scheme=https", ":path=" + path, ":authority=example.org", .. fields]);

    private static byte[] Fields(params string[] fields)
    {
        var block = new List<byte>();
        foreach (var field in fields.Where(field => field.Length > 0))
        {
            var split = field.IndexOf('=', 1);
            block.Add(0);
            Text(block, field[..split]);
            Text(block, field[(split + 1)..]);
        }
        return [.. block];
    }

    private static void Text(List<byte> block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.Add((byte)bytes.Length);
        }
        else
        {
            block.Add(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
                block.Add((byte)(0x80 | (rest & 0x7f)));
            block.Add((byte)rest);
        }
        block.AddRange(bytes);
    }

    private static Dictionary<string, (byte[] Bytes, int Streams)> Make()
    {
        var cases = new Dictionary<string, (byte[] Bytes, int Streams)>(StringComparer.Ordinal);
        byte[] start = [.. RawHttp2.Preface, .. RawHttp2.Frame(Settings, 0, 0)];
        void Add(string name, int streams, params byte[][] frames) =>
            cases.Add(name, ([.. start, .. frames.SelectMany(frame => frame)], streams));
        byte[] Get(int stream, string path, params string[] fields) => RawHttp2.Frame(Headers, 5, stream, Block("GET", path, fields));
        byte[] Setting(int id, uint value) =>
            RawHttp2.Frame(
                Settings, 0, 0, (byte)(id >> 8), (byte)id, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value);
        byte[] WindowBy(int stream, uint value) =>
            RawHttp2.Frame(Window, 0, stream, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value);

        // Answers
        Add("nothing but settings", 0);
        Add("a file", 1, Get(1, "/notes.txt"));
        Add("the index", 1, Get(1, "/"));
        Add("a style sheet", 1, Get(1, "/style.css"));
        Add("an empty file", 1, Get(1, "/empty.txt"));
        Add("nothing there", 1, Get(1, "/nothing"));
        Add("nothing there, in Chrome", 1, Get(1, "/nothing", "user-agent=Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36"));
        Add("two agents, the first old", 1, Get(1, "/nothing", "user-agent=MSIE 6.0; x", "user-agent=curl"));
        Add("two agents, the second old", 1, Get(1, "/nothing", "user-agent=curl", "user-agent=MSIE 6.0; x"));
        Add("a directory without an index", 1, Get(1, "/bare/"));
        Add("a directory without its slash", 1, Get(1, "/docs?x=y"));
        Add("above the root", 1, Get(1, "/../x"));
        Add("HEAD", 1, RawHttp2.Frame(Headers, 5, 1, Block("HEAD", "/notes.txt")));
        Add("HEAD of nothing", 1, RawHttp2.Frame(Headers, 5, 1, Block("HEAD", "/nothing")));
        foreach (var method in new[] { "POST", "PUT", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "" })
            Add("the method '" + method + "'", 1, RawHttp2.Frame(Headers, 5, 1, Block(method, "/notes.txt")));
        Add("not modified", 1, Get(1, "/notes.txt", "if-none-match=*"));
        Add("a failed condition", 1, Get(1, "/notes.txt", "if-match=\"a\""));
        Add("a range", 1, Get(1, "/notes.txt", "range=bytes=3-7"));
        Add("a range that cannot be", 1, Get(1, "/notes.txt", "range=bytes=99-"));
        Add("a body announced too large", 1, RawHttp2.Frame(Headers, 4, 1, Block("POST", "/notes.txt", "content-length=1048577")));
        Add("two requests", 2, Get(1, "/notes.txt"), Get(3, "/style.css"));
        Add("two requests, settings between", 2, Get(1, "/notes.txt"), RawHttp2.Frame(Settings, 0, 0), Get(3, "/style.css"));
        Add("a number left out", 2, Get(5, "/notes.txt"), Get(9, "/style.css"));

        foreach (var name in new[] { "", "about.html", "page.html", "long.html", "noise.html", "short.html", "nothing", "notes.txt" })
            Add("gzip of /" + name, 1, Setting(4, 1000000), WindowBy(0, 1000000), Get(1, "/" + name, "accept-encoding=gzip, deflate, br"));
        Add("gzip to HEAD", 1, RawHttp2.Frame(Headers, 5, 1, Block("HEAD", "/about.html", "accept-encoding=gzip")));
        Add("gzip in a small window", 1,
            Setting(4, 10), Get(1, "/about.html", "accept-encoding=gzip"), WindowBy(1, 10), WindowBy(1, 1), WindowBy(1, 2000));

        // Bodies
        Add("a body", 1, RawHttp2.Frame(Headers, 4, 1, Block("POST", "/notes.txt")), RawHttp2.Frame(Data, 1, 1, "hello"u8.ToArray()));
        Add("a body that does not come", 1, RawHttp2.Frame(Headers, 4, 1, Block("POST", "/notes.txt")));
        Add("a length and no body", 1, RawHttp2.Frame(Headers, 5, 1, Block("POST", "/notes.txt", "content-length=5")));
        Add("a length that is none", 1, RawHttp2.Frame(Headers, 5, 1, Block("GET", "/notes.txt", "content-length=x")));
        Add(
            "GET with a body",
            1,
            RawHttp2.Frame(Headers, 4, 1, Block("GET", "/notes.txt")),
            RawHttp2.Frame(Data, 1, 1, "hello"u8.ToArray()));

        // Blocks
        Add("a block in three frames", 1, [.. Cut(Block("GET", "/notes.txt"))]);
        Add("a block with padding", 1, RawHttp2.Frame(Headers, 5 | 8, 1, [3, .. Block("GET", "/notes.txt"), 0, 0, 0]));
        Add("a block with a priority", 1, RawHttp2.Frame(Headers, 5 | 0x20, 1, [0, 0, 0, 0, 15, .. Block("GET", "/notes.txt")]));
        Add("a block that depends on itself", 0, RawHttp2.Frame(Headers, 5 | 0x20, 1, [0, 0, 0, 1, 15, .. Block("GET", "/notes.txt")]));
        Add("indexed fields", 1, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a'));
        Add(
            "a Huffman code",
            1,
            RawHttp2.Frame(
                Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff));
        Add("a bad Huffman code", 0, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 0x84, 0xff, 0xff, 0xff, 0xff));
        Add("bad Huffman padding", 0, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 0x81, 0x18));
        Add("the dynamic table", 2,
            RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a'), RawHttp2.Frame(Headers, 5, 3, 0x82, 0x87, 0x84, 0xbe));
        Add("an index too large", 0, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0xbe));
        Add("index 0", 0, RawHttp2.Frame(Headers, 5, 1, 0x80));
        Add("a table size update", 1, RawHttp2.Frame(Headers, 5, 1, 0x20, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a'));
        Add("a table size too large", 0, RawHttp2.Frame(Headers, 5, 1, 0x3f, 0xe2, 0x1f, 0x82, 0x87, 0x84, 0x41, 1, (byte)'a'));
        Add("an integer without end", 0, RawHttp2.Frame(Headers, 5, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
        Add("a block cut short", 0, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 9, (byte)'a'));
        Add("a name without length", 0, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x00, 0x00, 1, (byte)'a'));

        // Fields
        Add("no authority", 1, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84));
        Add("no path", 1, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x41, 1, (byte)'a'));
        Add("no method", 1, RawHttp2.Frame(Headers, 5, 1, 0x87, 0x84, 0x41, 1, (byte)'a'));
        Add("no scheme", 1, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x84, 0x41, 1, (byte)'a'));
        Add("two paths", 1, Get(1, "/notes.txt", ":path=/"));
        Add("an unknown pseudo field", 1, Get(1, "/notes.txt", ":what=x"));
        Add("a pseudo field late", 1, RawHttp2.Frame(Headers, 5, 1, [0x82, 0x87, 0, 1, (byte)'a', 1, (byte)'b', 0x84, 0x41, 1, (byte)'a']));
        Add("a path without its slash", 1, Get(1, "notes.txt"));
        foreach (var name in new[] { ":method", ":scheme", ":path", ":authority", ":what", "name" })
            Add(
                "an empty " + name,
                1,
                RawHttp2.Frame(
                    Headers,
                    5,
                    1,
                    [
                        .. Fields(
                            (name == ":method" ? "" : ":method=GET"),
                            name == ":scheme" ? "" : ":scheme=https",
                            name == ":path" ? "" : ":path=/",
                            name == ":authority" ? "" : ":authority=a",
                            name + "="),
                    ]));
        Add("a path with a space", 1, Get(1, "/a b"));
        Add("a path that is quoted badly", 1, Get(1, "/%zz"));
        Add("the authority and the same host", 1, Get(1, "/notes.txt", "host=example.org"));
        Add("a bad host", 1, RawHttp2.Frame(Headers, 5, 1, 0x82, 0x87, 0x84, 0x41, 3, (byte)'a', (byte)'/', (byte)'b'));
        Add("a name in capitals", 1, Get(1, "/notes.txt", "Name=x"));
        Add("a name with a space", 1, Get(1, "/notes.txt", "na me=x"));
        Add("a name with an odd byte", 1, Get(1, "/notes.txt", "na(me=x"));
        Add("a value with a line feed", 1, Get(1, "/notes.txt", "name=a\nb"));
        Add("connection", 1, Get(1, "/notes.txt", "connection=close"));
        Add("transfer-encoding", 1, Get(1, "/notes.txt", "transfer-encoding=chunked"));
        Add("te", 1, Get(1, "/notes.txt", "te=gzip"));
        Add("a field of 7 KB", 1, Get(1, "/notes.txt", "name=" + new string('v', 7000)));
        Add("a field of 9 KB", 1, Get(1, "/notes.txt", "name=" + new string('v', 9000)));
        Add("fields of 35 KB", 1, Get(1, "/notes.txt", [.. Enumerable.Range(0, 5).Select(i => $"n{i}=" + new string('v', 7000))]));

        // Frames about the connection
        Add("a ping", 0, RawHttp2.Frame(Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        Add("a ping's acknowledgement", 0, RawHttp2.Frame(Ping, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        Add("a ping too short", 0, RawHttp2.Frame(Ping, 0, 0, 1, 2, 3));
        Add("a ping after a request", 1, Get(1, "/notes.txt"), RawHttp2.Frame(Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        Add("settings' acknowledgement", 0, RawHttp2.Frame(Settings, 1, 0));
        Add("settings' acknowledgement with content", 0, RawHttp2.Frame(Settings, 1, 0, 1, 2, 3, 4, 5, 6));
        Add("settings of a bad length", 0, RawHttp2.Frame(Settings, 0, 0, 1, 2, 3));
        Add("a table size", 2, Setting(1, 65536), Get(1, "/notes.txt"), Get(3, "/notes.txt"));
        Add("push", 0, Setting(2, 0), Setting(2, 1));
        Add("push 2", 0, Setting(2, 2));
        Add("a window too large", 0, Setting(4, 0x80000000));
        Add("a frame too small", 0, Setting(5, 100));
        Add("a frame too large", 0, Setting(5, 1 << 24));
        Add("an unknown setting", 0, Setting(99, 1));
        Add(
            "what Chrome says",
            1,
            Setting(1, 65536),
            Setting(2, 0),
            Setting(4, 6291456),
            Setting(6, 262144),
            WindowBy(0, 15663105),
            Get(1, "/about.html"));
        Add("a window of nothing, then some", 1, Setting(4, 0), Get(1, "/notes.txt"), WindowBy(1, 10), WindowBy(1, 1000));
        Add("a large window", 1, Setting(4, 1000000), WindowBy(0, 1000000), Get(1, "/medium.bin"));
        Add("a window by nothing", 0, WindowBy(0, 0));
        Add("a window beyond all", 0, WindowBy(0, 0x7fffffff));
        Add("a window of a stream that is not", 0, WindowBy(7, 5));
        Add("a window of a bad length", 0, RawHttp2.Frame(Window, 0, 0, 1, 2, 3));
        Add("a stream's window by nothing", 1, Setting(4, 0), Get(1, "/notes.txt"), WindowBy(1, 0));
        Add("a stream's window beyond all", 1, Setting(4, 10), Get(1, "/notes.txt"), WindowBy(1, 0x7fffffff));
        Add("goaway", 0, RawHttp2.Frame(GoAway, 0, 0, new byte[8]));
        Add("goaway too short", 0, RawHttp2.Frame(GoAway, 0, 0, new byte[4]));
        Add("a push promise", 0, RawHttp2.Frame(5, 4, 1, new byte[8]));
        Add("an unknown frame", 0, RawHttp2.Frame(77, 0, 3, new byte[70]));
        Add("an unknown frame of no length", 0, RawHttp2.Frame(77, 0, 3));

        // Frames about streams
        Add("an even number", 0, Get(2, "/notes.txt"));
        Add("number 0", 0, Get(0, "/notes.txt"));
        Add("a number used before", 0, Get(3, "/notes.txt"), Get(1, "/notes.txt"));
        Add("an empty block", 0, RawHttp2.Frame(Headers, 5, 1));
        Add("padding only", 0, RawHttp2.Frame(Headers, 5 | 8, 1, 3, 0, 0, 0));
        Add("padding too long", 0, RawHttp2.Frame(Headers, 5 | 8, 1, 90, 0x82));
        Add("data of no stream", 0, RawHttp2.Frame(Data, 0, 0, 1, 2, 3));
        Add("data of a stream that is not", 0, RawHttp2.Frame(Data, 0, 7, 1, 2, 3));
        Add("data with padding", 1, RawHttp2.Frame(Headers, 4, 1, Block("POST", "/notes.txt")), RawHttp2.Frame(Data, 9, 1, 2, 1, 0, 0));
        Add("data with too much padding", 0, RawHttp2.Frame(Data, 9, 1, 9, 1));
        Add("data with a padding of no length", 0, RawHttp2.Frame(Data, 9, 1));
        Add("a continuation of nothing", 0, RawHttp2.Frame(Continuation, 4, 1, 0x82));
        Add("a continuation of another", 0, RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84), RawHttp2.Frame(Continuation, 4, 3, 0x82));
        Add(
            "a ping instead of a continuation",
            0,
            RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84),
            RawHttp2.Frame(Ping, 0, 0, new byte[8]));
        Add("a reset", 0, RawHttp2.Frame(Reset, 0, 5, 0, 0, 0, 8));
        Add("a reset of nothing", 0, RawHttp2.Frame(Reset, 0, 0, 0, 0, 0, 8));
        Add("a reset of a bad length", 0, RawHttp2.Frame(Reset, 0, 1, 8));
        Add("a request that is cancelled", 0, Setting(4, 0), Get(1, "/notes.txt"), RawHttp2.Frame(Reset, 0, 1, 0, 0, 0, 8));
        Add("a priority", 0, RawHttp2.Frame(Priority, 0, 3, 0, 0, 0, 0, 5));
        Add("a priority of nothing", 0, RawHttp2.Frame(Priority, 0, 0, 0, 0, 0, 0, 5));
        Add("a priority on itself", 0, RawHttp2.Frame(Priority, 0, 3, 0, 0, 0, 3, 5));
        Add("a priority of a bad length", 0, RawHttp2.Frame(Priority, 0, 3, 0, 0));
        Add("priorities without end", 0, [.. Enumerable.Range(0, 130).Select(_ => RawHttp2.Frame(Priority, 0, 3, 0, 0, 0, 0, 5))]);
        foreach (var (type, name) in new[] { (Settings, "settings"), (Ping, "a ping"), (GoAway, "a goaway") })
        {
            Add(name + " on a stream", 0, RawHttp2.Frame(type, 0, 1, new byte[type == Settings ? 6 : 8]));
            Add(name + " on a stream, acknowledged", 0, RawHttp2.Frame(type, 1, 1, new byte[type == Settings ? 0 : 8]));
            Add(name + " on a stream, after a request", 1, Get(1, "/notes.txt"), RawHttp2.Frame(type, 0, 1, new byte[8]));
        }
        Add("a window by nothing of a stream that is not", 0, WindowBy(7, 0));
        Add("a window by nothing of a stream that has ended", 1, Get(1, "/notes.txt"), WindowBy(1, 0));
        Add("windows that grow beyond all", 1, Setting(4, 0), Get(1, "/notes.txt"), WindowBy(1, 0x7fffffff), Setting(4, 1));
        Add("two windows in one frame", 1, Get(1, "/notes.txt"), RawHttp2.Frame(Settings, 0, 0, 0, 4, 0, 0, 0, 9, 0, 4, 0, 0, 0, 7));
        foreach (var type in new[] { Data, Headers, Priority, Reset, Settings, 5, Ping, GoAway, Window, 10, 77 })
        {
            Add(
                $"a frame of type {type} within a block",
                0,
                RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84),
                RawHttp2.Frame(type, 0, 1, new byte[8]));
            Add($"a frame of type {type} and a length of 3 within a block",
                0,
                RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84, 0x41, 1),
                RawHttp2.Frame(type, 0, 1, new byte[3]));
        }
        Add("a continuation after a block", 1, Get(1, "/notes.txt"), RawHttp2.Frame(Continuation, 4, 1, 0x82));
        Add("continuations without a byte", 1, Frames(1, Block("GET", "/notes.txt"), [], [], []));
        Add("a block byte by byte", 1, Frames(1, [.. Block("GET", "/notes.txt").Select(b => new[] { b })]));
        Add("padding within a block", 1,
            RawHttp2.Frame(Headers, 1 | 8, 1, [9, .. Block("GET", "/notes.txt")[..20], .. new byte[9]]),
            RawHttp2.Frame(Continuation, 4, 1, Block("GET", "/notes.txt")[20..]));
        Add("a block of padding that goes on", 1,
            RawHttp2.Frame(Headers, 1 | 8, 1, 2, 0, 0), RawHttp2.Frame(Continuation, 4, 1, Block("GET", "/notes.txt")));
        Add("a padded block of 6 bytes with a priority", 0, RawHttp2.Frame(Headers, 5 | 8 | 0x20, 1, 0, 0, 0, 0, 0, 15));
        Add("a padded block of one field", 1, RawHttp2.Frame(Headers, 5 | 8, 1, 1, 0x82, 0));

        // A block is decoded as it comes
        Add("an index too large, in a block that goes on", 0, RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84, 0xbe, 0x82, 0x82, 0x82));
        Add("an index too large at the end of a block that goes on", 0, RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84, 0xbe));
        Add("a string too long, in a block that goes on", 0, RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84, 0x41, 0x7f, 0xff, 0x7f, 1));
        Add(
            "a bad Huffman code, in a block that goes on",
            0,
            RawHttp2.Frame(Headers, 1, 1, 0x82, 0x87, 0x84, 0x41, 0x89, 0xff, 0xff, 0xff, 0xff));
        Add("a name of no length, in a block that goes on", 0, RawHttp2.Frame(Headers, 1, 1, 0x82, 0, 0, 1, 1, 1, 1));
        Add("a bad field, then a bad index", 1, RawHttp2.Frame(Headers, 1, 1, [0x82, 0x82, 0x87, 0x84, 0xbe, 0x82, 0x82, 0x82]));
        Add("a bad field, in a block that goes on", 1, RawHttp2.Frame(Headers, 1, 1, [0x82, 0x82, 0x87, 0x84, 0x82, 0x82, 0x82]));
        Add("a bad name, then a bad index", 0, RawHttp2.Frame(Headers, 5, 1, [0, 1, (byte)'A', 1, (byte)'b', 0xbe]));
        Add("a bad name, and a table that goes on", 2,
            RawHttp2.Frame(Headers, 5, 1, [0, 1, (byte)'A', 1, (byte)'b', 0x41, 1, (byte)'a']),
            RawHttp2.Frame(Headers, 5, 3, 0x82, 0x87, 0x84, 0xbe));
        Add("a refused request whose next name is long", 0,
            RawHttp2.Frame(Headers, 5, 1, [.. Fields(":scheme=1"), .. Fields("a=b")]));
        foreach (var bytes in new[] { 1, 2, 3, 4 })
        {
            var padding = Enumerable.Repeat((byte)0xff, bytes);
            Add($"a Huffman code with {bytes} bytes of padding", bytes < 4 ? 1 : 0,
                RawHttp2.Frame(Headers, 5, 1, [0x82, 0x87, 0x84, 0x41, (byte)(0x80 | (1 + bytes)), 0x1f, .. padding]));
        }
        foreach (var scheme in new[] { "1https", "h1", "+", "HTTPS", "a_b" })
        {
            var fields = Fields(":method=GET", ":scheme=" + scheme, ":path=/", ":authority=a");
            Add("the scheme " + scheme, 1, RawHttp2.Frame(Headers, 5, 1, fields));
        }
        foreach (var encoding in new[] { "gzip", "Chunked", "chunked, gzip", "identity" })
            Add("transfer-encoding " + encoding, 1, Get(1, "/notes.txt", "transfer-encoding=" + encoding));
        Add("a length of 0", 1, Get(1, "/notes.txt", "content-length=0"));
        Add("transfer-encoding and a length", 1, Get(1, "/notes.txt", "transfer-encoding=chunked", "content-length=0"));
        Add("300 requests at once", 300, [.. Enumerable.Range(0, 300).Select(i => Get((2 * i) + 1, "/empty.txt"))]);
        Add("forty requests", 40, [.. Enumerable.Range(0, 40).Select(i => Get((2 * i) + 1, "/notes.txt"))]);

        // No HTTP/2
        cases.Add("HTTP/1.1", (RawHttp.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0));
        cases.Add("garbage", ([.. Enumerable.Repeat((byte)'x', 30)], 0));
        cases.Add("a ClientHello's beginning", ([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, .. new byte[30]], 0));
        cases.Add("a preface that turns", (RawHttp.Bytes("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"), 0));
        cases.Add("a request without settings", ([.. RawHttp2.Preface, .. Get(1, "/notes.txt")], 1));
        return cases;
    }

    private static byte[][] Frames(int stream, params byte[][] fragments) =>
    [
        .. fragments.Select((fragment, i) =>
            RawHttp2.Frame(
                i == 0 ? Headers : Continuation, (i == 0 ? 1 : 0) | (i == fragments.Length - 1 ? 4 : 0), stream, fragment)),
    ];

    private static IEnumerable<byte[]> Cut(byte[] block) =>
    [
        RawHttp2.Frame(Headers, 1, 1, block[..20]), RawHttp2.Frame(Continuation, 0, 1, block[20..21]),
        RawHttp2.Frame(Continuation, 4, 1, block[21..]),
    ];
}
