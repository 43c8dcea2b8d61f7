using Heliograph.Peers.Tests.Http2;

namespace Heliograph.Peers.Tests.Records;

/// <summary>Conversations whose answers are looked at record by record.</summary>
internal static class RecordCases
{
    private const string End = "Connection: close\r\n\r\n";

    /// <summary>HTTP/1: what is sent, then what is sent once all of the first answer has come. The last request closes.</summary>
    public static IReadOnlyDictionary<string, (string First, string AnswerEnds, string Then)> Http1 { get; } =
        new Dictionary<string, (string First, string AnswerEnds, string Then)>(StringComparer.Ordinal)
        {
            ["the front page"] = Last("GET / HTTP/1.1"),
            ["404"] = Last("GET /none HTTP/1.1"),
            ["HEAD"] = Last("HEAD / HTTP/1.1"),
            ["40 KB"] = Last("GET /forty.bin HTTP/1.1"),
            ["100 KB"] = Last("GET /large.bin HTTP/1.1"),
            ["a range"] = Last("GET /large.bin HTTP/1.1", "Range: bytes=100-50000"),
            ["two ranges"] = Last("GET /large.bin HTTP/1.1", "Range: bytes=100-20000,30000-90000"),
            ["304"] = Last("GET / HTTP/1.1", "If-Modified-Since: Sun, 09 Mar 2025 07:30:15 GMT"),
            ["gzip"] = Last("GET /page.html HTTP/1.1", "Accept-Encoding: gzip"),
            ["a short page with gzip"] = Last("GET / HTTP/1.1", "Accept-Encoding: gzip"),
            ["404 with gzip"] = Last("GET /none HTTP/1.1", "Accept-Encoding: gzip"),
            ["a malformed line"] = ("GET\r\n\r\n", "", ""),
            ["a control character"] = ("\u0016\u0003\u0001\r\n\r\n", "", ""),
            ["no host"] = ("GET / HTTP/1.1\r\n\r\n", "", ""),
            ["HTTP/1.0"] = ("GET / HTTP/1.0\r\n\r\n", "", ""),
            ["HTTP/0.9"] = ("GET /\r\n", "", ""),
            ["POST of 70 KB"] = Last("POST / HTTP/1.1", "Content-Length: 70000", new string('p', 70_000)),
            ["POST of 2 MB"] = Last("POST / HTTP/1.1", "Content-Length: 2000000", new string('p', 2_000_000)),
            ["100 Continue"] = Last("GET /notes.txt HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 3", "abc"),
            ["a second request"] = (Request("GET /notes.txt HTTP/1.1"), "xyz", Request("GET / HTTP/1.1", End)),
            ["a second request after 404"] = (Request("GET /none HTTP/1.1"), "</html>\r\n", Request("GET /none HTTP/1.1", End)),
            ["two at once"] = (Request("GET /notes.txt HTTP/1.1") + Request("GET / HTTP/1.1", End), "", ""),
            ["five at once"] = (
                string.Concat(Enumerable.Repeat(Request("GET /none HTTP/1.1") + Request("HEAD /notes.txt HTTP/1.1"), 2))
                + Request("GET /forty.bin HTTP/1.1", End), "", ""),
            ["a malformed one behind a good one"] = (Request("GET /notes.txt HTTP/1.1") + "GET\r\n\r\n", "", ""),
        };

    /// <summary>HTTP/2: what is sent with the preface and how many streams end, and what is sent then.</summary>
    public static IReadOnlyDictionary<string, (byte[] First, int Streams, byte[] Then, int InAll)> Http2 { get; } =
        new Dictionary<string, (byte[] First, int Streams, byte[] Then, int InAll)>(StringComparer.Ordinal)
        {
            ["the front page"] = (Frames.Get(1, "/"), 1, [], 1),
            ["404"] = (Frames.Get(1, "/none"), 1, [], 1),
            ["HEAD"] = (Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, Frames.Block("HEAD", "/")), 1, [], 1),
            ["40 KB"] = (Frames.Get(1, "/forty.bin"), 1, [], 1),
            ["100 KB"] = ([.. Frames.Window(0, 1 << 20), .. Frames.Get(1, "/large.bin")], 1, [], 1),
            ["a range"] = (Frames.Get(1, "/large.bin", "range=bytes=100-50000"), 1, [], 1),
            ["304"] = (Frames.Get(1, "/", "if-modified-since=Sun, 09 Mar 2025 07:30:15 GMT"), 1, [], 1),
            ["gzip"] = (Frames.Get(1, "/page.html", "accept-encoding=gzip"), 1, [], 1),
            ["404 with gzip"] = (Frames.Get(1, "/none", "accept-encoding=gzip"), 1, [], 1),
            ["a second request"] = (Frames.Get(1, "/"), 1, Frames.Get(3, "/"), 2),
            ["a second request for 40 KB"] = (Frames.Get(1, "/none"), 1, Frames.Get(3, "/forty.bin"), 2),
            ["three at once"] = ([.. Frames.Get(1, "/"), .. Frames.Get(3, "/none"), .. Frames.Get(5, "/forty.bin")], 3, [], 3),
            ["a malformed request"] = (Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, Frames.Fields(":path=/")), 1, [], 1),
            ["POST without its body"] = (Frames.Post(1, "content-length=70000"), 1, [], 1),
            ["POST of 2 MB without its body"] = (Frames.Post(1, "content-length=2000000"), 1, [], 1),
            ["POST"] = ([.. Frames.Post(1, "content-length=3"), .. Frames.Data(1, Frames.EndStream, 1, 2, 3)], 1, [], 1),
            ["no request"] = ([], 0, [], 0),
        };

    private static (string First, string AnswerEnds, string Then) Last(string line, string field = "X-A: b", string body = "") =>
        (Request(line, field + "\r\n" + End) + body, "", "");

    private static string Request(string line, string rest = "\r\n") => $"{line}\r\nHost: proxy.example\r\n{rest}";
}
