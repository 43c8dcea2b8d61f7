using static Heliograph.Peers.Tests.Http2.Frames;

namespace Heliograph.Peers.Tests.Http2;

/// <summary>
/// Conversations of HTTP/2 for each section of h2spec: <c>generic</c> (what every client does), <c>http2</c> (RFC 7540's sections) and
/// <c>hpack</c> (RFC 7541's). The names are ours; <see cref="Inventory"/> lists h2spec's sections.
/// </summary>
internal static class Http2Cases
{
    private const int Whole = EndStream | EndHeaders;

    // SETTINGS_HEADER_TABLE_SIZE and so on (RFC 9113 section 6.5.2)
    private const int TableSize = 1, EnablePush = 2, MaxStreams = 3, WindowSize = 4, FrameSize = 5, ListSize = 6;

    private static readonly byte[] NoSettings = Settings();
    private static readonly byte[] GetBlock = Block("GET", "/notes.txt");

    /// <summary>By section; each begins with the preface, except in <c>http2/3.5</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Func<Http2Client, Task>>> Sections { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, Func<Http2Client, Task>>>
        {
            ["generic/1"] = new Dictionary<string, Func<Http2Client, Task>> { ["the preface"] = Once(0) },
            ["generic/2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["idle: PRIORITY"] = Once(1, Priority(3, 0), Get(1)),
                ["half closed: WINDOW_UPDATE"] = Once(1, Settings((WindowSize, 0)), Get(1), Window(1, 100)),
                ["half closed: PRIORITY"] = Once(1, Settings((WindowSize, 0)), Get(1), Priority(1, 0), Window(1, 100)),
                ["half closed: RST_STREAM"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1)),
                ["closed: PRIORITY"] = Then(1, [Get(1)], 1, [Priority(1, 0)]),
                ["closed: WINDOW_UPDATE"] = Then(1, [Get(1)], 1, [Window(1, 100)]),
                ["closed: RST_STREAM"] = Then(1, [Get(1)], 1, [Reset(1)]),
            },
            ["generic/3.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a DATA frame"] = Once(1, Post(1), Data(1, EndStream, 1, 2, 3)),
                ["several DATA frames"] = Once(1, Post(1), Data(1, 0, 1, 2, 3), Data(1, 0), Data(1, EndStream, 4)),
                ["a DATA frame with padding"] = Once(1, Post(1), Data(1, EndStream | Padded, [2, 1, 0, 0])),
                ["a DATA frame of padding only"] = Once(1, Post(1), Data(1, EndStream | Padded, [2, 0, 0])),
            },
            ["generic/3.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a HEADERS frame"] = Once(1, Get(1)),
                ["a HEADERS frame with padding"] = Once(1, Headers(1, Whole | Padded, [3, .. GetBlock, 0, 0, 0])),
                ["a HEADERS frame with priority"] = Once(1, Headers(1, Whole | HasPriority, [0, 0, 0, 0, 15, .. GetBlock])),
                ["a HEADERS frame with padding and priority"] =
                    Once(1, Headers(1, Whole | Padded | HasPriority, [3, 0, 0, 0, 0, 15, .. GetBlock, 0, 0, 0])),
            },
            ["generic/3.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["weight 1"] = Once(1, Priority(1, 0, 0), Get(1)),
                ["weight 256"] = Once(1, Priority(1, 0, 255), Get(1)),
                ["a dependency"] = Once(1, Priority(1, 0, 255), Priority(3, 1), Get(1)),
                ["an exclusive dependency"] = Once(1, Priority(3, 0x80000001), Get(1)),
                ["of a higher stream, before a lower one"] = Once(1, Priority(5, 3), Get(3)),
            },
            ["generic/3.4"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["RST_STREAM"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1)),
                ["RST_STREAM, then another request"] =
                    Once(1, Settings((WindowSize, 0)), Get(1), Reset(1), Settings((WindowSize, 900)), Get(3)),
            },
            ["generic/3.5"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["SETTINGS"] = Once(1, Settings((TableSize, 4096), (EnablePush, 0), (MaxStreams, 100), (FrameSize, 16384)), Get(1)),
                ["SETTINGS of nothing"] = Once(0, NoSettings),
            },
            ["generic/3.7"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["PING"] = Once(0, Ping(1, 2, 3, 4, 5, 6, 7, 8)),
                ["100 PING"] = Once(0, [.. Enumerable.Range(0, 100).Select(static i => Ping(1, 2, 3, 4, 5, 6, 7, (byte)i))]),
            },
            ["generic/3.8"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["GOAWAY"] = Once(0, GoAway(0)),
                ["GOAWAY after a request"] = Then(1, [Get(1)], 1, [GoAway(1)]),
            },
            ["generic/3.9"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["WINDOW_UPDATE of the connection"] = Once(0, Window(0, 1)),
                ["WINDOW_UPDATE of a stream"] = Once(1, Settings((WindowSize, 10)), Get(1), Window(1, 1000)),
            },
            ["generic/3.10"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a CONTINUATION frame"] = Once(1, Headers(1, EndStream, GetBlock[..20]), Continuation(1, EndHeaders, GetBlock[20..])),
                ["several CONTINUATION frames"] = Once(
                    1, Headers(1, EndStream, GetBlock[..20]), Continuation(1, 0, GetBlock[20..21]), Continuation(1, 0),
                    Continuation(1, EndHeaders, GetBlock[21..])),
            },
            ["generic/4"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["GET"] = Once(1, Get(1, "/")),
                ["GET of much"] = Once(1, Settings((WindowSize, 1 << 20)), Window(0, 1 << 20), Get(1, "/large.bin")),
                ["HEAD"] = Once(1, Headers(1, Whole, Block("HEAD", "/notes.txt"))),
                ["POST"] = Once(1, Post(1, "content-length=3"), Data(1, EndStream, 1, 2, 3)),
                ["POST with trailers"] = Once(1, Post(1), Data(1, 0, 1, 2, 3), Headers(1, Whole, Fields("x=y"))),
                ["nothing there"] = Once(1, Get(1, "/nothing")),
            },
            ["generic/5"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["indexed"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a")])),
                ["literal, indexed, known name"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a"), 0x7a, .. Text("u")])),
                ["literal, indexed, known name, Huffman"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, 0x81, 0x1f])),
                ["literal, indexed, new name"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a"), 0x40, .. Text("n"), .. Text("v")])),
                ["literal, indexed, new name, Huffman"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a"), 0x40, 0x81, 0x1f, 0x81, 0x1f])),
                ["literal, not indexed, known name"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x01, .. Text("a")])),
                ["literal, not indexed, known name, Huffman"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x01, 0x81, 0x1f])),
                ["literal, not indexed, new name"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x01, .. Text("a"), 0, .. Text("n"), .. Text("v")])),
                ["literal, not indexed, new name, Huffman"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x01, .. Text("a"), 0, 0x81, 0x1f, 0x81, 0x1f])),
                ["literal, never indexed, known name"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x11, .. Text("a")])),
                ["literal, never indexed, known name, Huffman"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x11, 0x81, 0x1f])),
                ["literal, never indexed, new name"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x11, .. Text("a"), 0x10, .. Text("n"), .. Text("v")])),
                ["literal, never indexed, new name, Huffman"] =
                    Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x11, .. Text("a"), 0x10, 0x81, 0x1f, 0x81, 0x1f])),
                ["a table size update"] = Once(1, Headers(1, Whole, [0x20, 0x82, 0x87, 0x84, 0x41, .. Text("a")])),
                ["several table size updates"] =
                    Once(1, Headers(1, Whole, [0x20, 0x30, 0x3f, 0xe1, 0x1f, 0x82, 0x87, 0x84, 0x41, .. Text("a")])),
                ["the dynamic table"] = Once(
                    2, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a")]), Headers(3, Whole, 0x82, 0x87, 0x84, 0xbe)),
            },
            ["http2/3.5"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["the preface"] = Bare(Preface, NoSettings),
                ["nothing but FIN"] = static async client =>
                {
                    client.EndSending();
                    await client.ReadToEndAsync();
                },
                ["half a preface and FIN"] = static async client =>
                {
                    await client.SendAsync(Preface[..10]);
                    client.EndSending();
                    await client.ReadToEndAsync();
                },
                ["a wrong preface"] = Bare("INVALID CONNECTION PREFACE\r\n\r\n"u8.ToArray()),
                ["HTTP/1.1"] = Bare("GET / HTTP/1.1\r\nHost: proxy.example\r\n\r\n"u8.ToArray()),
                ["a preface that turns in its last byte"] = Bare([.. Preface[..^1], (byte)'x'], NoSettings),
                ["the preface twice"] = static async client =>
                {
                    await client.SendAsync(Preface, NoSettings);
                    await client.PauseAsync(0);
                    // The head of a frame of 5 MB.
                    await client.SendAsync(Preface);
                    client.EndSending();
                    await client.ReadToEndAsync();
                },
                ["no SETTINGS, but a request"] = Bare(Preface, Get(1)),
                ["no SETTINGS, but PING"] = Bare(Preface, Ping(1, 2, 3, 4, 5, 6, 7, 8)),
                ["no SETTINGS, but their acknowledgement"] = Bare(Preface, Frame(4, Ack, 0)),
                ["the preface byte by byte"] = static async client =>
                {
                    foreach (var value in Preface)
                        await client.SendAsync([value]);
                    await client.SendAsync(NoSettings);
                    await client.PauseAsync(0);
                },
            },
            ["http2/4.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an unknown type"] = Once(1, Frame(0x16, 0, 0, new byte[8]), Get(1)),
                ["every unknown type"] = Once(0, [.. Enumerable.Range(10, 246).Select(static type => Frame(type, 0xff, 1, 1, 2))]),
                ["an unknown flag"] = Once(0, Frame(6, 0x16, 0, new byte[8])),
                ["all unknown flags of HEADERS"] = Once(1, Headers(1, Whole | 0xd2, GetBlock)),
                ["the reserved bit"] = Once(0, Frame(6, 0, 0x80000000, new byte[8])),
                ["the reserved bit of HEADERS"] = Once(1, Headers(0x80000001, Whole, GetBlock)),
                ["a header byte by byte"] = static async client =>
                {
                    await client.SendAsync(Preface, NoSettings);
                    foreach (var value in Get(1))
                        await client.SendAsync([value]);
                    await client.PauseAsync(1);
                },
            },
            ["http2/4.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["DATA of 16,384 bytes"] = Once(1, Post(1), Data(1, EndStream, new byte[16384])),
                ["DATA of 16,385 bytes"] = Once(1, Post(1), Data(1, EndStream, new byte[16385])),
                ["HEADERS of 16,385 bytes"] = Once(1, Headers(1, Whole, Block("GET", "/notes.txt", "x=" + new string('x', 16340)))),
                ["an unknown frame of 16,385 bytes"] = Once(0, Frame(99, 0, 0, new byte[16385])),
                ["PING of 16 MB, its header only"] = Once(0, [0xff, 0xff, 0xff, 6, 0, 0, 0, 0, 0]),
                ["SETTINGS of 16,386 bytes"] = Once(0, Settings([.. Enumerable.Repeat((99, 1u), 2731)])),
            },
            ["http2/4.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a block that is none"] = Once(1, Headers(1, Whole, 0x40)),
                ["a block that is none, and a second request"] = Once(1, Headers(1, Whole, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Get(3)),
                ["PRIORITY within a block"] = Once(1, Headers(1, EndStream, GetBlock), Priority(1, 0), Continuation(1, EndHeaders)),
                ["HEADERS of another stream within a block"] =
                    Once(1, Headers(1, EndStream, GetBlock), Headers(3, Whole, GetBlock), Continuation(1, EndHeaders)),
                ["HEADERS of the same stream within a block"] = Once(1, Headers(1, EndStream, GetBlock), Headers(1, Whole, GetBlock)),
                ["SETTINGS within a block"] = Once(1, Headers(1, EndStream, GetBlock), NoSettings, Continuation(1, EndHeaders)),
                ["PING within a block"] = Once(1, Headers(1, EndStream, GetBlock), Ping(new byte[8]), Continuation(1, EndHeaders)),
                ["WINDOW_UPDATE within a block"] = Once(1, Headers(1, EndStream, GetBlock), Window(0, 1), Continuation(1, EndHeaders)),
                ["RST_STREAM within a block"] = Once(1, Headers(1, EndStream, GetBlock), Reset(1), Continuation(1, EndHeaders)),
                ["GOAWAY within a block"] = Once(1, Headers(1, EndStream, GetBlock), GoAway(0), Continuation(1, EndHeaders)),
                ["DATA within a block"] = Once(1, Headers(1, 0, GetBlock), Data(1, EndStream, 1), Continuation(1, EndHeaders)),
                ["PING within a field"] = Once(
                    1, Headers(1, EndStream, GetBlock[..20]), Ping(new byte[8]), Continuation(1, EndHeaders, GetBlock[20..])),
            },
            ["http2/5.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["idle: DATA"] = Once(0, Data(1, EndStream, 1, 2, 3)),
                ["idle: RST_STREAM"] = Once(0, Reset(1)),
                ["idle: WINDOW_UPDATE"] = Once(0, Window(1, 100)),
                ["idle: CONTINUATION"] = Once(0, Continuation(1, EndHeaders, GetBlock)),
                ["half closed: DATA"] = Once(0, Settings((WindowSize, 0)), Get(1), Data(1, EndStream, 1)),
                ["half closed: HEADERS"] = Once(0, Settings((WindowSize, 0)), Get(1), Get(1)),
                ["half closed: CONTINUATION"] = Once(0, Settings((WindowSize, 0)), Get(1), Continuation(1, EndHeaders, GetBlock)),
                ["reset: DATA"] = Once(0, Settings((WindowSize, 0)), Post(1), Reset(1), Data(1, EndStream, 1)),
                ["reset: HEADERS"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1), Get(1)),
                ["reset: CONTINUATION"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1), Continuation(1, EndHeaders, GetBlock)),
                ["reset: HEADERS, later"] = Then(0, [Settings((WindowSize, 0)), Get(1), Reset(1)], 0, [Get(1)]),
                ["reset by the server: HEADERS, later"] =
                    Then(1, [Settings((WindowSize, 0)), Get(1), Data(1, EndStream, 1)], 1, [Get(1)]),
                ["reset: PRIORITY"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1), Priority(1, 0)),
                ["reset: RST_STREAM"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1), Reset(1)),
                ["reset: WINDOW_UPDATE"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1), Window(1, 100)),
                ["closed: DATA"] = Then(1, [Get(1)], 1, [Data(1, EndStream, 1)]),
                ["closed: HEADERS"] = Then(1, [Get(1)], 1, [Get(1)]),
                ["closed: CONTINUATION"] = Then(1, [Get(1)], 1, [Continuation(1, EndHeaders, GetBlock)]),
            },
            ["http2/5.1.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an even number"] = Once(0, Get(2)),
                ["a number lower than the last"] = Then(1, [Get(5)], 1, [Get(3)]),
                ["the highest number"] = Once(1, Get(0x7fffffff)),
                ["the highest number, then another"] = Then(1, [Get(0x7fffffff)], 1, [Get(0x7ffffffd)]),
            },
            ["http2/5.1.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["as many streams as there may be"] =
                    Once(0, [Settings((WindowSize, 0)), .. Enumerable.Range(0, 128).Select(static i => Get(2 * (uint)i + 1))]),
                ["one stream more"] =
                    Once(1, [Settings((WindowSize, 0)), .. Enumerable.Range(0, 129).Select(static i => Get(2 * (uint)i + 1))]),
                ["300 requests that are reset, in one record"] = Once(
                    0,
                    [
                        Settings((WindowSize, 0)),
                        .. Enumerable.Range(0, 300).Select(static i => 2 * (uint)i + 1).SelectMany(static stream =>
                            (byte[][])[Headers(stream, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a")]), Reset(stream)]),
                    ]),
            },
            ["http2/5.3.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["HEADERS that depend on themselves"] = Once(1, Headers(1, Whole | HasPriority, [0, 0, 0, 1, 15, .. GetBlock])),
                ["PRIORITY that depends on itself"] = Once(1, Priority(3, 3)),
                ["PRIORITY of an open stream that depends on itself"] = Once(1, Settings((WindowSize, 0)), Get(1), Priority(1, 1)),
            },
            ["http2/5.4.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["PING of six bytes"] = Once(0, Ping(new byte[6])),
                ["PING of six bytes after a request"] = Then(1, [Get(1)], 1, [Ping(new byte[6])]),
                ["PING of six bytes, then a request"] = Once(0, Ping(new byte[6]), Get(1)),
            },
            ["http2/5.5"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an unknown frame"] = Once(1, Frame(0xff, 0, 0, new byte[8]), Get(1)),
                ["an unknown frame of a stream"] =
                    Once(1, Settings((WindowSize, 0)), Get(1), Frame(0xff, 1, 1, new byte[8]), Window(1, 90)),
                ["an unknown frame within a block"] =
                    Once(1, Headers(1, EndStream, GetBlock), Frame(0xff, 0, 0, new byte[8]), Continuation(1, EndHeaders)),
            },
            ["http2/6.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["DATA of stream 0"] = Once(0, Data(0, EndStream, 1)),
                ["DATA behind the end"] = Once(0, Settings((WindowSize, 0)), Get(1), Data(1, EndStream, 1)),
                ["padding as long as the frame"] = Once(1, Post(1), Data(1, EndStream | Padded, [6, 1, 2, 3, 4, 5])),
                ["padding longer than the frame"] = Once(1, Post(1), Data(1, EndStream | Padded, [200, 1, 2, 3, 4, 5])),
                ["padding without its length"] = Once(1, Post(1), Data(1, EndStream | Padded)),
                ["more than the window allows"] = Once(
                    1, [Post(1, "content-length=900000"), .. Enumerable.Repeat(Data(1, 0, new byte[16384]), 5), Data(1, EndStream, 1)]),
            },
            ["http2/6.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["no END_HEADERS, and PRIORITY"] = Once(1, Headers(1, EndStream, GetBlock), Priority(1, 0)),
                ["no END_HEADERS, and HEADERS of another stream"] = Once(1, Headers(1, EndStream, GetBlock), Get(3)),
                ["stream 0"] = Once(0, Get(0)),
                ["padding as long as the frame"] = Once(1, Headers(1, Whole | Padded, [2, 0x82, 0x87])),
                ["padding longer than the frame"] = Once(1, Headers(1, Whole | Padded, [200, .. GetBlock])),
                ["padding without its length"] = Once(1, Headers(1, Whole | Padded)),
                ["priority without its bytes"] = Once(1, Headers(1, Whole | HasPriority, 0, 0)),
                ["an empty block"] = Once(1, Headers(1, Whole)),
            },
            ["http2/6.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["PRIORITY of stream 0"] = Once(0, Priority(0, 1)),
                ["PRIORITY of four bytes"] = Once(0, Frame(2, 0, 1, new byte[4])),
                ["PRIORITY of six bytes"] = Once(0, Frame(2, 0, 1, new byte[6])),
                ["PRIORITY of four bytes of an open stream"] = Once(0, Settings((WindowSize, 0)), Get(1), Frame(2, 0, 1, new byte[4])),
            },
            ["http2/6.4"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["RST_STREAM of stream 0"] = Once(0, Reset(0)),
                ["RST_STREAM of an idle stream"] = Once(0, Reset(5)),
                ["RST_STREAM of three bytes"] = Once(0, Settings((WindowSize, 0)), Get(1), Frame(3, 0, 1, new byte[3])),
                ["RST_STREAM of five bytes"] = Once(0, Settings((WindowSize, 0)), Get(1), Frame(3, 0, 1, new byte[5])),
            },
            ["http2/6.5"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an acknowledgement with content"] = Once(0, Frame(4, Ack, 0, 0, 1, 0, 0, 0x10, 0)),
                ["an acknowledgement of nothing"] = Once(0, Frame(4, Ack, 0)),
                ["SETTINGS of a stream"] = Once(0, Frame(4, 0, 1, 0, 3, 0, 0, 0, 100)),
                ["SETTINGS of an open stream"] = Once(0, Settings((WindowSize, 0)), Get(1), Frame(4, 0, 1)),
                ["an acknowledgement of a stream"] = Once(0, Frame(4, Ack, 1)),
                ["SETTINGS of three bytes"] = Once(0, Frame(4, 0, 0, 0, 3, 0)),
                ["SETTINGS of seven bytes"] = Once(0, Frame(4, 0, 0, new byte[7])),
            },
            ["http2/6.5.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["ENABLE_PUSH 2"] = Once(0, Settings((EnablePush, 2))),
                ["INITIAL_WINDOW_SIZE 2^31"] = Once(0, Settings((WindowSize, 0x80000000))),
                ["INITIAL_WINDOW_SIZE 2^31 - 1"] = Once(1, Settings((WindowSize, 0x7fffffff)), Get(1)),
                ["MAX_FRAME_SIZE 16383"] = Once(0, Settings((FrameSize, 16383))),
                ["MAX_FRAME_SIZE 2^24"] = Once(0, Settings((FrameSize, 1 << 24))),
                ["MAX_FRAME_SIZE 2^24 - 1"] =
                    Once(1, Settings((FrameSize, (1 << 24) - 1), (WindowSize, 1 << 20)), Window(0, 1 << 20), Get(1, "/large.bin")),
                ["an unknown one"] = Once(1, Settings((0xff, 1)), Get(1)),
                ["HEADER_TABLE_SIZE 0"] = Once(2, Settings((TableSize, 0)), Get(1), Get(3)),
                ["MAX_HEADER_LIST_SIZE 1"] = Once(1, Settings((ListSize, 1)), Get(1)),
                ["MAX_CONCURRENT_STREAMS 0"] = Once(1, Settings((MaxStreams, 0)), Get(1)),
            },
            ["http2/6.5.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["INITIAL_WINDOW_SIZE twice"] = Once(0, Settings((WindowSize, 100), (WindowSize, 1)), Get(1)),
                ["SETTINGS are acknowledged"] = Once(0, NoSettings),
                ["ten SETTINGS are acknowledged"] = Once(0, [.. Enumerable.Repeat(NoSettings, 10)]),
                ["two SETTINGS around a request"] = Once(1, Settings((WindowSize, 1)), Get(1), Settings((WindowSize, 1000))),
            },
            ["http2/6.7"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["PING is answered"] = Once(0, Ping("heliogra"u8.ToArray())),
                ["an acknowledgement is not"] = Once(0, Frame(6, Ack, 0, new byte[8])),
                ["PING of a stream"] = Once(0, Frame(6, 0, 1, new byte[8])),
                ["an acknowledgement of a stream"] = Once(0, Frame(6, Ack, 1, new byte[8])),
                ["PING of no bytes"] = Once(0, Ping()),
                ["PING of nine bytes"] = Once(0, Ping(new byte[9])),
            },
            ["http2/6.8"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["GOAWAY of a stream"] = Once(0, Frame(7, 0, 1, new byte[8])),
                ["GOAWAY of four bytes"] = Once(0, Frame(7, 0, 0, new byte[4])),
                ["GOAWAY with a message"] = Once(0, Frame(7, 0, 0, [.. new byte[8], .. "goodbye"u8])),
                ["GOAWAY while a stream is open"] = Once(1, Settings((WindowSize, 0)), Get(1), GoAway(1), Window(1, 100)),
                ["GOAWAY and a new request"] = Once(1, GoAway(0), Get(1)),
            },
            ["http2/6.9"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["by 0"] = Once(0, Window(0, 0)),
                ["by 0 of a stream"] = Once(1, Settings((WindowSize, 0)), Get(1), Window(1, 0)),
                ["of three bytes"] = Once(0, Frame(8, 0, 0, new byte[3])),
                ["of five bytes"] = Once(0, Frame(8, 0, 0, new byte[5])),
                ["of three bytes of a stream"] = Once(0, Settings((WindowSize, 0)), Get(1), Frame(8, 0, 1, new byte[3])),
                ["with the reserved bit"] = Once(1, Settings((WindowSize, 0)), Get(1), Window(1, 0x80000064)),
            },
            ["http2/6.9.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a window of one byte"] = Once(0, Settings((WindowSize, 1)), Get(1)),
                ["a window of one byte, and one more, and the rest"] =
                    Once(1, Settings((WindowSize, 1)), Get(1), Window(1, 1), Window(1, 1000)),
                ["beyond 2^31 - 1"] = Once(0, Window(0, 0x7fffffff), Window(0, 0x7fffffff)),
                ["beyond 2^31 - 1 of a stream"] =
                    Once(1, Settings((WindowSize, 0)), Get(1), Window(1, 0x7fffffff), Window(1, 0x7fffffff)),
            },
            ["http2/6.9.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["changed with a stream open"] = Once(0, Settings((WindowSize, 0)), Get(1), Settings((WindowSize, 1))),
                ["a negative window"] = Once(
                    0, Settings((WindowSize, 3)), Get(1), Settings((WindowSize, 2)), Window(1, 2)),
                ["a negative window, and enough"] = Once(
                    1, Settings((WindowSize, 3)), Get(1), Settings((WindowSize, 2)), Window(1, 2), Window(1, 1000)),
                ["beyond 2^31 - 1 with a stream open"] = Once(
                    1, Settings((WindowSize, 0)), Get(1), Window(1, 0x7fffffff), Settings((WindowSize, 0x7fffffff))),
            },
            ["http2/6.10"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["several"] = Once(
                    1, Headers(1, EndStream, GetBlock[..9]), Continuation(1, 0, GetBlock[9..30]),
                    Continuation(1, EndHeaders, GetBlock[30..])),
                ["behind one without END_HEADERS, DATA"] =
                    Once(1, Headers(1, 0, GetBlock[..9]), Continuation(1, 0, GetBlock[9..]), Data(1, EndStream, 1)),
                ["of stream 0"] = Once(1, Headers(1, EndStream, GetBlock[..9]), Continuation(0, EndHeaders, GetBlock[9..])),
                ["of another stream"] = Once(1, Headers(1, EndStream, GetBlock[..9]), Continuation(3, EndHeaders, GetBlock[9..])),
                ["behind HEADERS with END_HEADERS"] = Once(0, Settings((WindowSize, 0)), Get(1), Continuation(1, EndHeaders, GetBlock)),
                ["behind one with END_HEADERS"] = Once(
                    0, Settings((WindowSize, 0)), Headers(1, EndStream, GetBlock[..9]), Continuation(1, EndHeaders, GetBlock[9..]),
                    Continuation(1, EndHeaders, GetBlock)),
                ["behind DATA"] = Once(0, Settings((WindowSize, 0)), Post(1), Data(1, 0, 1), Continuation(1, EndHeaders, GetBlock)),
                ["400 empty ones"] = Once(
                    1,
                    [
                        Headers(1, EndStream, GetBlock[..9]), .. Enumerable.Repeat(Continuation(1, 0), 400),
                        Continuation(1, EndHeaders, GetBlock[9..]),
                    ]),
                ["one byte in each"] = Once(
                    1, [Headers(1, EndStream), .. GetBlock.Select(static value => Continuation(1, 0, value)), Continuation(1, EndHeaders)]),
                ["a field of 60 KB in four"] = Once(
                    1,
                    [
                        Headers(1, EndStream, GetBlock), .. Big(60_000).Chunk(16_000).Select(static part => Continuation(1, 0, part)),
                        Continuation(1, EndHeaders),
                    ]),
            },
            ["http2/7"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["GOAWAY with an unknown error"] = Once(0, GoAway(0, 0xff)),
                ["RST_STREAM with an unknown error"] = Once(0, Settings((WindowSize, 0)), Get(1), Reset(1, 0xff)),
            },
            ["http2/8.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a second HEADERS without END_STREAM"] =
                    Once(1, Headers(1, EndHeaders, Block("POST", "/notes.txt")), Headers(1, EndHeaders, Fields("x=y"))),
                ["trailers with pseudo fields"] =
                    Once(1, Headers(1, EndHeaders, Block("POST", "/notes.txt")), Data(1, 0, 1), Headers(1, Whole, GetBlock)),
            },
            ["http2/8.1.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a name in capitals"] = Once(1, Get(1, "/notes.txt", "X-TEST=ok")),
                ["a name with a colon"] = Once(1, Get(1, "/notes.txt", "a:b=ok")),
                ["a value with CR"] = Once(1, Get(1, "/notes.txt", "x=a\rb")),
                ["a value with NUL"] = Once(1, Get(1, "/notes.txt", "x=a\0b")),
                ["a value with a space first"] = Once(1, Get(1, "/notes.txt", "x= a")),
                ["two cookies"] = Once(1, Get(1, "/notes.txt", "cookie=a=b", "cookie=c=d")),
            },
            ["http2/8.1.2.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an unknown pseudo field"] = Once(1, Get(1, "/notes.txt", ":test=ok")),
                ["a response's pseudo field"] = Once(1, Get(1, "/notes.txt", ":status=200")),
                ["a pseudo field as a trailer"] = Once(1, Post(1), Data(1, 0, 1), Headers(1, Whole, Fields(":method=GET"))),
                ["a pseudo field behind others"] =
                    Once(1, Headers(1, Whole, Fields("x=y", ":method=GET", ":scheme=https", ":path=/", ":authority=a"))),
                ["the protocol field of RFC 8441"] = Once(1, Headers(1, EndHeaders, Block("CONNECT", "/", ":protocol=websocket"))),
            },
            ["http2/8.1.2.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["connection"] = Once(1, Get(1, "/notes.txt", "connection=keep-alive")),
                ["proxy-connection"] = Once(1, Get(1, "/notes.txt", "proxy-connection=keep-alive")),
                ["keep-alive"] = Once(1, Get(1, "/notes.txt", "keep-alive=5")),
                ["transfer-encoding"] = Once(1, Get(1, "/notes.txt", "transfer-encoding=chunked")),
                ["upgrade"] = Once(1, Get(1, "/notes.txt", "upgrade=h2c")),
                ["te other than trailers"] = Once(1, Get(1, "/notes.txt", "te=gzip")),
                ["te trailers"] = Once(1, Get(1, "/notes.txt", "te=trailers")),
            },
            ["http2/8.1.2.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an empty :path"] = Once(1, Get(1, "")),
                ["no :method"] = Once(1, Headers(1, Whole, Fields(":scheme=https", ":path=/", ":authority=a"))),
                ["no :scheme"] = Once(1, Headers(1, Whole, Fields(":method=GET", ":path=/", ":authority=a"))),
                ["no :path"] = Once(1, Headers(1, Whole, Fields(":method=GET", ":scheme=https", ":authority=a"))),
                ["no :authority"] = Once(1, Headers(1, Whole, Fields(":method=GET", ":scheme=https", ":path=/"))),
                ["two :method"] = Once(1, Get(1, "/notes.txt", ":method=GET")),
                ["two :scheme"] = Once(1, Get(1, "/notes.txt", ":scheme=https")),
                ["two :path"] = Once(1, Get(1, "/notes.txt", ":path=/")),
                ["two :authority"] = Once(1, Get(1, "/notes.txt", ":authority=b")),
                ["another host"] = Once(1, Get(1, "/notes.txt", "host=other.example")),
                [":scheme http"] = Once(1, Headers(1, Whole, Fields(":method=GET", ":scheme=http", ":path=/", ":authority=a"))),
            },
            ["http2/8.1.2.6"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a content-length that is too small"] = Once(1, Post(1, "content-length=1"), Data(1, EndStream, 1, 2, 3, 4)),
                ["a content-length that is too small, in two frames"] =
                    Once(1, Post(1, "content-length=1"), Data(1, 0, 1, 2), Data(1, EndStream, 3, 4)),
                ["a content-length that is too large"] = Once(1, Post(1, "content-length=9"), Data(1, EndStream, 1, 2, 3, 4)),
                ["a content-length and no body"] =
                    Once(1, Headers(1, Whole, Block("POST", "/notes.txt", "content-length=9"))),
                ["two content-lengths"] = Once(1, Post(1, "content-length=4", "content-length=5"), Data(1, EndStream, 1, 2, 3, 4)),
                ["a content-length that is no number"] = Once(1, Post(1, "content-length=x"), Data(1, EndStream, 1)),
            },
            ["http2/8.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["PUSH_PROMISE"] = Once(0, Push(1, [0, 0, 0, 2, .. GetBlock])),
                ["PUSH_PROMISE of an open stream"] = Once(0, Settings((WindowSize, 0)), Get(1), Push(1, [0, 0, 0, 2, .. GetBlock])),
                ["PUSH_PROMISE of stream 0"] = Once(0, Push(0, [0, 0, 0, 2, .. GetBlock])),
            },
            ["hpack/2.3.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["an indexed field beyond the tables"] = Once(1, Headers(1, Whole, [.. GetBlock, 0xc6])),
                ["a literal whose name is beyond the tables"] = Once(1, Headers(1, Whole, [.. GetBlock, 0x7f, 0x20, .. Text("x")])),
                ["an index of many bytes"] = Once(1, Headers(1, Whole, [.. GetBlock, 0xff, 0xff, 0xff, 0x7f])),
            },
            ["hpack/4.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a table size update at the end of a block"] = Once(1, Headers(1, Whole, [.. GetBlock, 0x21])),
                ["a table size update in the middle of a block"] =
                    Once(1, Headers(1, Whole, [.. Fields(":method=GET"), 0x21, .. Fields(":scheme=https", ":path=/", ":authority=a")])),
                ["a table size that was lowered by SETTINGS"] = Once(
                    2, Settings((TableSize, 0)), Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a")]),
                    Headers(3, Whole, 0x82, 0x87, 0x84, 0xbe)),
            },
            ["hpack/5.2"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["padding longer than 7 bits"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 0x82, 0x1f, 0xff])),
                ["padding of zeros"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 0x81, 0x18])),
                ["the EOS symbol"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 0x84, 0xff, 0xff, 0xff, 0xff])),
                ["a Huffman code that is cut off"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 0x81, 0xfe])),
                ["a string that is longer than the block"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 9, (byte)'y'])),
                ["an empty string with the Huffman bit"] = Once(1, Headers(1, Whole, [.. GetBlock, 0, .. Text("x"), 0x80])),
            },
            ["hpack/6.1"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["index 0"] = Once(1, Headers(1, Whole, [.. GetBlock, 0x80])),
                ["index 0 first"] = Once(1, Headers(1, Whole, [0x80, .. GetBlock])),
                ["a response's fields"] = Once(1, Headers(1, Whole, [0x82, 0x87, 0x84, 0x41, .. Text("a"), 0x88])),
            },
            ["hpack/6.3"] = new Dictionary<string, Func<Http2Client, Task>>
            {
                ["a table size larger than allowed"] = Once(1, Headers(1, Whole, [0x3f, 0xe2, 0x1f, .. GetBlock])),
                ["a table size as large as allowed"] = Once(1, Headers(1, Whole, [0x3f, 0xe1, 0x1f, .. GetBlock])),
                ["a table size without end"] = Once(1, Headers(1, Whole, [0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, .. GetBlock])),
            },
        };

    /// <summary>The preface, SETTINGS and these frames in one go; then as many streams have ended.</summary>
    private static Func<Http2Client, Task> Once(int streams, params byte[][] frames) => async client =>
    {
        await client.SendAsync([Preface, NoSettings, .. frames]);
        await client.PauseAsync(streams);
    };

    /// <summary>The second part follows when the first has its answers.</summary>
    private static Func<Http2Client, Task> Then(int firstStreams, byte[][] first, int streams, byte[][] second) => async client =>
    {
        await client.SendAsync([Preface, NoSettings, .. first]);
        await client.PauseAsync(firstStreams);
        await client.SendAsync(second);
        await client.PauseAsync(streams);
    };

    private static Func<Http2Client, Task> Bare(params byte[][] bytes) => async client =>
    {
        await client.SendAsync(bytes);
        await client.PauseAsync(0);
    };

    private static byte[] Big(int length) => Fields("x=" + new string('x', length));
}
