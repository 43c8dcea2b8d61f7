using System.Text;

namespace Heliograph.Web.Tests.Http;

/// <summary>Requests, right and wrong, one to three behind one another. The same seed makes the same ones.</summary>
internal sealed class RandomRequests(int seed)
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "get", "G@T", ""];

    private static readonly string[] Targets =
    [
        "/", "/", "/notes.txt", "/about.html", "/nothing", "/empty.txt", "/bare/", "/docs/", "*", "", "/a b", "/%zz", "/%00", "//notes.txt",
        "/../x", "/docs/../notes.txt", "/notes.txt?a=b", "/notes.txt#x", "http://example.org/notes.txt", "http://example.org",
        "https://a:1/x", "ftp//x", "/a\tb", "/\u0001", "/notes.txt\u007f", "/" + "..", "/./", "/.",
    ];

    private static readonly string[] Versions =
    [
        " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/0.9", "", " HTTP/1.2", " HTTP/1.10", " HTTP/2.0",
        " HTTP/9.9", " http/1.1", " HTTP/1.", "  HTTP/1.1", " HTTP/1.1 ", " HTTP/1.1\t", " HTTP/01.1", " HTTP/1.999", " HTTP/1.1000",
    ];

    private static readonly string[] Fields =
    [
        "Host: example.org", "Host: a/b", "Host:", "Host: [::1]:443", "Connection: close", "Connection: keep-alive", "Connection: Close, x",
        "Range: bytes=1-2", "Range: bytes=99-", "If-None-Match: *", "If-Match: \"a\"", "If-Modified-Since: Sun, 09 Mar 2025 07:30:15 GMT",
        "Expect: 100-continue", "Expect: 100-Continue", "Expect: x", "Content-Length: 5", "Content-Length: 0", "Content-Length: -1",
        "Content-Length: 5 ", "Content-Length:\t5", "Content-Length: 5\t", "Content-Length: 2000000", "Transfer-Encoding: chunked",
        "Transfer-Encoding:\tchunked", "Transfer-Encoding: chunked\t", "Transfer-Encoding: gzip", "User-Agent: Mozilla/4.0 (MSIE 6.0)",
        "User-Agent: Mozilla/4.0 (compatible; MSIE 5.01; x)", "User-Agent: Chrome/120.0", "Name : x", "Na me: x", " Name: x", "Name",
        ": x", "Name: a\tb", "Name:\tx", "Name: \u0001", "Name: a\0b", "N_ame: x", "\u00e9: x", "Upgrade: h2c", "Keep-Alive: 5",
        "Accept-Encoding: gzip", "Accept-Encoding: gzip, deflate, br", "Via: 1.1 x",
    ];

    private static readonly string[] Bodies =
    [
        "", "", "", "", "hello", "5\r\nhello\r\n0\r\n\r\n", "5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n", "7fffffffffffffff\r\nhello",
        "8000000000000000\r\n", "fffffffffffffffff\r\nhello", "x\r\n", "5\nhello\n0\n\n", "5\r\nhelloo\r\n0\r\n\r\n", "0\r\n\r\n",
        "5 \r\nhello\r\n0 \r\n\r\n", "\r\n",
    ];

    private readonly Random random = new(seed);

    public byte[] Conversation()
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 4); left > 0; left--)
            AddRequest(text);
        return RawHttp.Bytes(text.ToString());
    }

    private void AddRequest(StringBuilder text)
    {
        var end = random.Next(12) == 0 ? "\n" : "\r\n";
        text.Append(Pick(Methods)).Append(' ').Append(Pick(Targets)).Append(Pick(Versions)).Append(end);
        if (random.Next(8) > 0)
            text.Append("Host: example.org").Append(end);
        for (var left = random.Next(4); left > 0; left--)
            text.Append(Pick(Fields)).Append(end);
        text.Append(end).Append(Pick(Bodies));
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
