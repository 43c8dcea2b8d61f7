namespace Heliograph.Web.Tests.Http;

/// <summary>
/// Requests whose answers must equal nginx's byte for byte. Each ends in a close, by the request's own <c>Connection: close</c>, by
/// nginx's rejection, or because the sender stops sending (those in <see cref="HalfClosed"/>).
/// </summary>
internal static class Http1Cases
{
    private const string Tail = " HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n";
    private const string Fields = "Host: example.org\r\nConnection: close\r\n";
    private const string Chrome =
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n";
    private const string Modified = "Sun, 09 Mar 2025 07:30:15 GMT";

    public static IReadOnlyDictionary<string, byte[]> All { get; } = Make();

    /// <summary>Nobody asks for a close, the answer says keep-alive, and the server closes.</summary>
    public static IReadOnlyDictionary<string, byte[]> ClosedByServer { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["a failed condition"] = RawHttp.Bytes("GET /notes.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"a\"\r\n\r\n"),
        ["a failed condition of a date"] = RawHttp.Bytes(
            "GET /notes.txt HTTP/1.1\r\nHost: a\r\nIf-Unmodified-Since: Sat, 08 Mar 2025 07:30:15 GMT\r\n\r\n"),
    };

    public static IReadOnlyDictionary<string, byte[]> HalfClosed { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["nothing at all"] = [],
        ["half a request line"] = RawHttp.Bytes("GET /ind"),
        ["a request line only"] = RawHttp.Bytes("GET / HTTP/1.1\r\n"),
        ["half the fields"] = RawHttp.Bytes("GET / HTTP/1.1\r\nHost: exam"),
        ["empty lines only"] = RawHttp.Bytes("\r\n\r\n\r\n"),
        ["a body cut short"] = RawHttp.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"),
        ["Upgrade twice"] = RawHttp.Bytes("GET /notes.txt HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nUpgrade: h2c\r\n\r\n"),
        ["broken chunks that wait for 100 Continue"] = RawHttp.Bytes(
            "GET /notes.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\nhello"),
        ["the largest chunk"] = RawHttp.Bytes(
            "GET /notes.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7ffffffffffffff\r\nhello"),
        ["keep-alive, then the end"] = RawHttp.Bytes("GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\n"),
    };

    public static string NotesTag { get; } = $"\"{new DateTimeOffset(2025, 3, 9, 7, 30, 15, TimeSpan.Zero).ToUnixTimeSeconds():x}-24\"";

    private static Dictionary<string, byte[]> Make()
    {
        var cases = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        void Add(string name, string request) => cases.Add(name, RawHttp.Bytes(request));
        void Get(string name, string target) => Add(name, "GET " + target + Tail);
        void With(string name, string target, string fields) => Add(name, $"GET {target} HTTP/1.1\r\n{fields}{Fields}\r\n");

        // Files
        Get("the index", "/");
        Get("a page", "/about.html");
        Get("a style sheet", "/style.css");
        Get("a text file", "/notes.txt");
        Get("an extension in capitals", "/photo.JPG");
        Get("two extensions", "/archive.tar.gz");
        Get("no extension", "/no-extension");
        foreach (var name in new[] { "sheet.xsl", "sheet.xslt", "film.ogv", "film.mkv", "film.OGV" })
            Get("the type of " + name, "/" + name);
        Get("an empty file", "/empty.txt");
        Get("a big file", "/big.bin");
        Get("a quoted space", "/with%20space.txt");
        Get("quoted UTF-8", "/caf%c3%a9.txt");
        Get("raw UTF-8", "/caf\u00c3\u00a9.txt");
        Get("a quoted percent sign", "/per%25cent.txt");
        Get("a query", "/notes.txt?a=b&c=%zz");
        Get("a fragment", "/notes.txt#part");
        Get("a query and a fragment", "/notes.txt?x#part");
        Get("a link inside", "/inside.txt");
        Get("a link to itself", "/loop.txt");
        Add("HEAD", "HEAD /about.html" + Tail);
        Add("HEAD of the index", "HEAD /" + Tail);
        Add("HEAD of nothing", "HEAD /nothing" + Tail);
        Add("HEAD of a bad target", "HEAD x" + Tail);
        Add("HEAD without a host", "HEAD / HTTP/1.1\r\n\r\n");
        Add("HEAD of HTTP/0.9", "HEAD /notes.txt\r\n");
        Add("HEAD of HTTP/2", "HEAD / HTTP/2.0\r\n\r\n");
        Add("HEAD of a long name", "HEAD /" + new string('n', 9000) + Tail);
        Add("HEAD with a field too long", "HEAD / HTTP/1.1\r\nName: " + new string('n', 9000) + "\r\n\r\n");
        foreach (var field in new[] { "Content-Length:\t5", "Content-Length: 5\t", "Transfer-Encoding:\tchunked", "Range:\tbytes=1-2" })
            With("a tab in " + field.Replace('\t', '_'), "/notes.txt", field + "\r\n");
        foreach (var agent in new[] { "MSIE 5.0; x", "MSIE 6.0; x", "MSIE 6.0; SV1", "MSIE 7.0; x", "MSIE 6.0" })
            Add(
                "POST by " + agent,
                $"POST /notes.txt HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/4.0 ({agent}\r\n\r\nGET /notes.txt" + Tail);
        foreach (var size in new[] { "800000000000000", "7fffffffffffffff", "8000000000000000" })
            Add(
                "a chunk of " + size,
                $"GET /notes.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n");
        foreach (var version in new[] { "1.0", "1.1", "1.2", "1.10", "1.999" })
            Add(
                "Expect in HTTP/" + version,
                $"GET /notes.txt HTTP/{version}\r\n{Fields}Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx");

        // Compression
        foreach (var target in new[]
        {
            "/", "/about.html", "/page.html", "/long.html", "/noise.html", "/short.html", "/twenty.html", "/notes.txt", "/nothing",
            "/bare/", "/docs", "/docs/", "/style.css", "/%zz",
        })
            With("gzip of " + target, target, "Accept-Encoding: gzip\r\n");
        foreach (var accepted in new[]
        {
            "gzip, deflate, br", "gzip,deflate", "deflate, gzip", "GZIP", "x-gzip", "gzip;q=0", "gzip;q=0.000", "gzip;q=0.001", "gzip;q=1",
            "gzip;q=1.001", "gzip; q=0.5, x", "gzip;q=0.0001", "gzip;x", "gzip ", "gzip ;q=1", "gzip; ", "gzi", "deflate", "*", "gzip,;q=0",
            "gzipx", "xgzip, gzip", "gzip;q", "gzip;q=", "gzip;q=2", "gzip;q=0.9,deflate", "br;q=1, gzip;q=0.8", "gzip;Q=1", "gzip\t,x",
        })
            With($"Accept-Encoding '{accepted.Replace('\t', '_')}'", "/about.html", $"Accept-Encoding: {accepted}\r\n");
        With("gzip by a proxy", "/about.html", "Accept-Encoding: gzip\r\nVia: 1.1 x\r\n");
        With("gzip twice", "/about.html", "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n");
        With("gzip and a range", "/about.html", "Accept-Encoding: gzip\r\nRange: bytes=1-2\r\n");
        With("gzip and a range that cannot be", "/about.html", "Accept-Encoding: gzip\r\nRange: bytes=99999-\r\n");
        With("gzip and a condition that holds", "/about.html", "Accept-Encoding: gzip\r\nIf-None-Match: *\r\n");
        With("gzip and a condition that fails", "/about.html", "Accept-Encoding: gzip\r\nIf-Match: \"a\"\r\n");
        With("gzip of nothing, in Chrome", "/nothing", "Accept-Encoding: gzip\r\n" + Chrome);
        Add("gzip in HTTP/1.0", "GET /about.html HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
        Add("gzip to HEAD", "HEAD /about.html HTTP/1.1\r\nAccept-Encoding: gzip\r\n" + Fields + "\r\n");
        Add("gzip to HEAD of nothing", "HEAD /nothing HTTP/1.1\r\nAccept-Encoding: gzip\r\n" + Fields + "\r\n");
        Add("gzip to POST", "POST /about.html HTTP/1.1\r\nAccept-Encoding: gzip\r\n" + Fields + "\r\n");

        // Directories
        Get("a directory with an index", "/docs/");
        Get("a directory without its slash", "/docs");
        Get("a directory without its slash, with a query", "/docs?q=1");
        Get("a directory with a space, without its slash", "/with%20space");
        Get("a directory without an index", "/bare/");
        Get("a directory without an index, without its slash", "/bare");
        Get("an index that is a directory", "/index-is-directory/");
        Get("a file with a slash", "/notes.txt/");
        Get("below a file", "/notes.txt/more");
        Get("a directory that is not there", "/nothing/");
        Get("nothing", "/nothing.html");
        Get("a long name", "/" + new string('n', 300));
        Get("a very long name", "/" + new string('n', 5000));
        With("the host with a port, for a redirect", "/docs", "");
        Add("a host in capitals with a port, redirected", "GET /docs HTTP/1.1\r\nHost: EXAMPLE.org:8443\r\nConnection: close\r\n\r\n");
        Add("a host with a closing dot, redirected", "GET /docs HTTP/1.1\r\nHost: example.org.\r\nConnection: close\r\n\r\n");
        Add("an IPv6 host, redirected", "GET /docs HTTP/1.1\r\nHost: [2001:DB8::1]:443\r\nConnection: close\r\n\r\n");
        Add("POST to a directory without its slash", "POST /docs" + Tail);

        // Paths that wander
        Get("dot segments inside", "/docs/../notes.txt");
        Get("a dot segment", "/./notes.txt");
        Get("slashes in a row", "//docs///one.html");
        Get("above the root", "/../notes.txt");
        Get("far above the root", "/docs/../../../../etc/passwd");
        Get("quoted dots", "/%2e%2e/%2e%2e/etc/passwd");
        Get("quoted dots inside", "/docs/%2e%2e/notes.txt");
        Get("quoted slashes", "/docs%2fone.html");
        Get("quoted dots and slashes", "/..%2f..%2fetc%2fpasswd");
        Get("doubly quoted", "/%252e%252e/etc/passwd");
        Get("backslashes", "/..\\..\\etc\\passwd");
        Get("dots at the end", "/docs/..");
        Get("a dot at the end", "/docs/.");
        Get("three dots", "/.../notes.txt");
        Get("a quoted zero", "/notes.txt%00.html");
        Get("a bad quote", "/%zz");
        Get("half a quote", "/notes%2");
        Get("a lone percent sign", "/100%");
        Get("a quoted question mark", "/notes.txt%3fa");
        Get("a quoted hash", "/notes.txt%23a");
        Get("quoted control bytes", "/a%0d%0ab");

        // Methods
        foreach (var method in new[] { "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE", "BREW", "A-B_C", "MKCOL", "LOCK" })
            Add(method, method + " /notes.txt" + Tail);
        Add("POST to nothing", "POST /nothing" + Tail);
        Add("POST to the index", "POST /" + Tail);
        Add("PUT to a directory", "PUT /docs/" + Tail);
        Add("POST to a directory without an index", "POST /bare/" + Tail);
        Add("CONNECT with a host", "CONNECT example.org:443 HTTP/1.1\r\n" + Fields + "\r\n");
        Add("CONNECT with a path", "CONNECT /" + Tail);
        Add("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + Fields + "\r\n");
        Add("a method in small letters", "get /" + Tail);
        Add("a method that turns small", "GEt /" + Tail);
        Add("a method with a digit", "GET2 /" + Tail);

        // Versions
        Add("HTTP/0.9", "GET /notes.txt\r\n");
        Add("HTTP/0.9 with a line feed only", "GET /notes.txt\n");
        Add("HTTP/0.9 of nothing", "GET /nothing\r\n");
        Add("HTTP/0.9 with POST", "POST /notes.txt\r\n");
        Add("HTTP/0.9 of the index", "GET /\r\n");
        Add("HTTP/1.0", "GET /notes.txt HTTP/1.0\r\n\r\n");
        Add("HTTP/1.0 with a host", "GET /docs HTTP/1.0\r\nHost: example.org\r\n\r\n");
        Add("HTTP/1.2", "GET /notes.txt HTTP/1.2\r\n" + Fields + "\r\n");
        Add("HTTP/2.0", "GET /notes.txt HTTP/2.0\r\n" + Fields + "\r\n");
        Add("HTTP/3", "GET /notes.txt HTTP/3\r\n");
        Add("HTTP/0.8", "GET /notes.txt HTTP/0.8\r\n" + Fields + "\r\n");
        Add("HTTP/11.1", "GET /notes.txt HTTP/11.1\r\n" + Fields + "\r\n");
        Add("HTTP/1.", "GET /notes.txt HTTP/1.\r\n" + Fields + "\r\n");
        Add("HTTP/1", "GET /notes.txt HTTP/1\r\n" + Fields + "\r\n");
        Add("HTTP/1.999", "GET /notes.txt HTTP/1.999\r\n" + Fields + "\r\n");
        Add("HTTP/1.9999", "GET /notes.txt HTTP/1.9999\r\n" + Fields + "\r\n");
        Add("a version in small letters", "GET /notes.txt http/1.1\r\n" + Fields + "\r\n");
        Add("a version with a space behind", "GET /notes.txt HTTP/1.1  \r\n" + Fields + "\r\n");
        Add("a version with a word behind", "GET /notes.txt HTTP/1.1 x\r\n" + Fields + "\r\n");
        Add("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

        // Request lines
        Add("empty lines before", "\r\n\r\n\nGET /notes.txt" + Tail);
        Add("spaces before the target", "GET    /notes.txt" + Tail);
        Add("spaces after the target", "GET /notes.txt    HTTP/1.1\r\n" + Fields + "\r\n");
        Add("a word between", "GET /notes.txt more HTTP/1.1\r\n" + Fields + "\r\n");
        Add("a tab", "GET\t/notes.txt" + Tail);
        Add("line feeds only", "GET /notes.txt HTTP/1.1\nHost: example.org\nConnection: close\n\n");
        Add("carriage returns only", "GET /notes.txt HTTP/1.1\rHost: example.org\r\r");
        Add("a target without a slash", "GET notes.txt" + Tail);
        Add("a space first", " GET /notes.txt" + Tail);
        Add("a control byte in the target", "GET /no\u0001tes" + Tail);
        Add("a delete byte in the target", "GET /no\u007ftes" + Tail);
        Add("a zero byte in the target", "GET /no\0tes" + Tail);
        Get("an absolute target", "http://other.example/notes.txt");
        Get("an absolute target with a port", "http://other.example:8080/notes.txt");
        Get("an absolute target, redirected", "https://Other.example/docs");
        Get("an absolute target without a path", "http://other.example");
        Get("an absolute target with a query only", "http://other.example?x=y");
        Get("an absolute target with an IPv6 host", "http://[::1]:80/notes.txt");
        Get("an absolute target of another scheme", "ftp+x-1.2://h/notes.txt");
        Get("an absolute target with a bad host", "http://exa_mple/notes.txt");
        Get("an absolute target with two dots in its host", "http://a..b/notes.txt");
        Get("an absolute target without a host", "http:///notes.txt");
        Get("a scheme and no slashes", "http:notes.txt");
        Add("an absolute target without a Host field", "GET http://a/notes.txt HTTP/1.1\r\nConnection: close\r\n\r\n");

        // Garbage
        cases.Add("one byte 0x16", [0x16]);
        cases.Add("half a ClientHello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x55, 0x66]);
        cases.Add("a zero byte", [0]);
        cases.Add("bytes above 0x7f", [0xff, 0xfe, 0xfd]);
        cases.Add("an SSH client", RawHttp.Bytes("SSH-2.0-OpenSSH_9.2\r\n"));
        cases.Add("a long stretch of garbage", [.. Enumerable.Repeat((byte)0x80, 5000)]);
        Add("a sentence", "hello, is anybody there?\r\n");
        Add("capitals without end", "HELLO!");

        // Fields
        Add("no Host", "GET /notes.txt HTTP/1.1\r\nConnection: close\r\n\r\n");
        Add("an empty Host", "GET /notes.txt HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n");
        Add("two Hosts", "GET /notes.txt HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n");
        Add("a Host with a slash", "GET /notes.txt HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n");
        Add("a Host with a space", "GET /notes.txt HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
        Add("a Host with two dots", "GET /notes.txt HTTP/1.1\r\nHost: a..b\r\nConnection: close\r\n\r\n");
        Add("a Host that is a dot", "GET /notes.txt HTTP/1.1\r\nHost: .\r\nConnection: close\r\n\r\n");
        Add("a Host with a port only", "GET /notes.txt HTTP/1.1\r\nHost: :80\r\nConnection: close\r\n\r\n");
        With("a field without a colon", "/notes.txt", "Nonsense\r\n");
        With("a field without a name", "/notes.txt", ": value\r\n");
        With("a field with a space before the colon", "/notes.txt", "Name : value\r\n");
        With("a field with an underscore", "/notes.txt", "na_me: value\r\n");
        With("a field with odd bytes in its name", "/notes.txt", "na(me: value\r\n");
        With("a field with a high byte in its name", "/notes.txt", "n\u00e4me: value\r\n");
        With("a field with a control byte in its name", "/notes.txt", "na\u0001me: value\r\n");
        With("a field with a zero in its value", "/notes.txt", "Name: va\0lue\r\n");
        With("a field with a control byte in its value", "/notes.txt", "Name: va\u0001lue\r\n");
        With("a folded field", "/notes.txt", "Name: value\r\n more\r\n");
        With("a field without a value", "/notes.txt", "Name:\r\n");
        With("carriage returns in a row", "/notes.txt", "Name: value\r\r\r\n");
        With("a carriage return inside", "/notes.txt", "Name: va\rlue\r\n");
        Add("a space before the first field", "GET /notes.txt HTTP/1.1\r\n Host: a\r\n\r\n");
        Add("an end without its line feed", "GET /notes.txt HTTP/1.1\r\nHost: a\r\n\rX");
        With("Chrome and nothing there", "/nothing", Chrome);
        With("Chrome and a directory without its slash", "/docs", Chrome);
        With("Chrome and a field that is refused", "/notes.txt", Chrome + "Bad Name: x\r\n");
        With(
            "an old Internet Explorer and nothing there", "/nothing", "User-Agent: Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)\r\n");
        With(
            "Firefox and nothing there",
            "/nothing",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n");
        With("Opera and nothing there", "/nothing", "User-Agent: Opera/9.80 Chrome/1 MSIE 6.0 x\r\n");
        foreach (var (first, second) in new[]
        {
            ("MSIE 6.0; x", "curl"), ("curl", "MSIE 6.0; x"), ("curl", "Chrome/1"), ("Chrome/1", "curl"), ("MSIE 7.0; x", "Opera"),
            ("Opera", "MSIE 7.0; x"), ("MSIE 6.0; SV1", "MSIE 6.0; x"),
        })
        {
            var agents = $"User-Agent: {first}\r\nUser-Agent: {second}\r\n";
            With($"{first} beside {second}, and nothing there", "/nothing", agents);
            Add(
                $"POST by {first} beside {second}",
                $"POST /notes.txt HTTP/1.1\r\nHost: a\r\n{agents}\r\nGET /notes.txt" + Tail);
        }
        With("an encoding that is offered", "/about.html", "Accept-Encoding: gzip, br\r\n");

        // Lengths
        Get("a target of 8 KB less a little", "/" + new string('a', 8100));
        Add("a target too long", "GET /" + new string('a', 8300) + Tail);
        Add("a request line without end", "GET /" + new string('a', 20000));
        With("a field of 7 KB", "/notes.txt", "Name: " + new string('v', 7000) + "\r\n");
        With("a field too long", "/notes.txt", "Name: " + new string('v', 9000) + "\r\n");
        With("a cookie too long, in Chrome", "/notes.txt", Chrome + "Cookie: " + new string('v', 9000) + "\r\n");
        With("fields of 28 KB", "/notes.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"Name-{i}: {new string('v', 700)}\r\n")));
        With("fields of 40 KB", "/notes.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"Name-{i}: {new string('v', 1000)}\r\n")));
        foreach (var count in new[] { 900, 998, 999, 1500 })
            With($"{count} fields and two", "/notes.txt", string.Concat(Enumerable.Range(0, count).Select(i => $"N{i}: v\r\n")));
        With(
            "999 fields and two, ignored ones among them",
            "/notes.txt",
            string.Concat(Enumerable.Range(0, 999).Select(i => $"N_{i}: v\r\n")));
        foreach (var length in new[] { 8150, 8160, 8168, 8169, 8170, 8176, 8177, 8178, 8179, 8180, 8184, 8186, 8187, 8188, 8190, 8192 })
            With($"a field of {length} bytes", "/notes.txt", "N: " + new string('v', length - 3) + "\r\n");

        // Bodies
        Add("a body", "POST /notes.txt HTTP/1.1\r\nContent-Length: 5\r\n" + Fields + "\r\nhello");
        Add("a body with GET", "GET /notes.txt HTTP/1.1\r\nContent-Length: 5\r\n" + Fields + "\r\nhello");
        Add("a body announced too large", "POST /notes.txt HTTP/1.1\r\nContent-Length: 1048577\r\n" + Fields + "\r\n");
        Add("a body of a megabyte", "PUT /notes.txt HTTP/1.1\r\nContent-Length: 1048576\r\n" + Fields + "\r\n" + new string('b', 1 << 20));
        With("a length that is none", "/notes.txt", "Content-Length: five\r\n");
        With("a negative length", "/notes.txt", "Content-Length: -1\r\n");
        With("an empty length", "/notes.txt", "Content-Length:\r\n");
        With("a length beyond all numbers", "/notes.txt", "Content-Length: 99999999999999999999\r\n");
        With("two lengths", "/notes.txt", "Content-Length: 0\r\nContent-Length: 0\r\n");
        With("an unknown transfer coding", "/notes.txt", "Transfer-Encoding: gzip\r\n");
        With("chunked and more", "/notes.txt", "Transfer-Encoding: gzip, chunked\r\n");
        With("chunked and a length", "/notes.txt", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n");
        Add("chunks in HTTP/1.0", "POST /notes.txt HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Add(
            "chunks",
            "POST /notes.txt HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n" + Fields + "\r\n5;x=y\r\nhello\r\n0\r\nTrailer: x\r\n\r\n");
        Add("broken chunks with GET", "GET /notes.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + Fields + "\r\nnonsense\r\n");
        Add("broken chunks with POST", "POST /notes.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + Fields + "\r\nnonsense\r\n");
        Add("a body that is awaited", "GET /notes.txt HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + Fields + "\r\nhello");
        Add(
            "a body that is awaited, with POST",
            "POST /notes.txt HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n" + Fields + "\r\nhello");
        With("an expectation that is unknown", "/notes.txt", "Expect: something\r\n");

        // Conditions
        With("modified since, the same", "/notes.txt", $"If-Modified-Since: {Modified}\r\n");
        With("modified since, later", "/notes.txt", "If-Modified-Since: Mon, 10 Mar 2025 07:30:15 GMT\r\n");
        With("modified since, the old form", "/notes.txt", "If-Modified-Since: Sunday, 09-Mar-25 07:30:15 GMT\r\n");
        With("modified since, the form of asctime", "/notes.txt", "If-Modified-Since: Sun Mar  9 07:30:15 2025\r\n");
        With("modified since, no date", "/notes.txt", "If-Modified-Since: yesterday\r\n");
        With("unmodified since, the same", "/notes.txt", $"If-Unmodified-Since: {Modified}\r\n");
        With("unmodified since, earlier", "/notes.txt", "If-Unmodified-Since: Sat, 08 Mar 2025 07:30:15 GMT\r\n");
        With("unmodified since, no date", "/notes.txt", "If-Unmodified-Since: never\r\n");
        With("none match, the tag", "/notes.txt", $"If-None-Match: {NotesTag}\r\n");
        With("none match, a weak tag in a list", "/notes.txt", $"If-None-Match: \"a\", W/{NotesTag} , \"b\"\r\n");
        With("none match, another tag", "/notes.txt", "If-None-Match: \"a\"\r\n");
        With("none match, any", "/notes.txt", "If-None-Match: *\r\n");
        With("none match and modified since", "/notes.txt", $"If-None-Match: {NotesTag}\r\nIf-Modified-Since: {Modified}\r\n");
        With(
            "none match, but modified", "/notes.txt", $"If-None-Match: {NotesTag}\r\nIf-Modified-Since: Mon, 10 Mar 2025 07:30:15 GMT\r\n");
        With("match, the tag", "/notes.txt", $"If-Match: {NotesTag}\r\n");
        With("match, a weak tag", "/notes.txt", $"If-Match: W/{NotesTag}\r\n");
        With("match, another tag", "/notes.txt", "If-Match: \"a\"\r\n");
        With("a condition on nothing", "/nothing", "If-None-Match: *\r\n");

        // Ranges
        foreach (var range in new[]
        {
            "bytes=0-4", "bytes=5-", "bytes=-5", "bytes=0-0", "bytes=35-", "bytes=36-", "bytes=100-200", "bytes=0-1000",
            "bytes=-1000", "bytes=-0",
            "bytes=4-2", "bytes=0-", "bytes=", "bytes=x", "bytes=1", "bytes= 1 - 3 ", "bytes=0-1,4-5", "bytes=0-1, 4-5 , -2",
            "bytes=0-20,10-30",
            "bytes=0-1,x", "bytes=50-60,0-1", "bytes=4-2,0-1", "BYTES=0-1", "items=0-1", "bytes=99999999999999999999-",
            "bytes=0-99999999999999999999",
        })
        {
            With("range " + range, "/notes.txt", $"Range: {range}\r\n");
        }
        With("a range of nothing", "/nothing", "Range: bytes=0-1\r\n");
        With("a range of an empty file", "/empty.txt", "Range: bytes=0-1\r\n");
        With("a range, on condition of the tag", "/notes.txt", $"Range: bytes=0-1\r\nIf-Range: {NotesTag}\r\n");
        With("a range, on condition of another tag", "/notes.txt", "Range: bytes=0-1\r\nIf-Range: \"a\"\r\n");
        With("a range, on condition of the date", "/notes.txt", $"Range: bytes=0-1\r\nIf-Range: {Modified}\r\n");
        With("a range, on condition of another date", "/notes.txt", "Range: bytes=0-1\r\nIf-Range: Mon, 10 Mar 2025 07:30:15 GMT\r\n");
        With("a range in a file not modified", "/notes.txt", $"Range: bytes=0-1\r\nIf-None-Match: {NotesTag}\r\n");
        Add("a range with HEAD", "HEAD /notes.txt HTTP/1.1\r\nRange: bytes=2-7\r\n" + Fields + "\r\n");
        Add("ranges with HEAD", "HEAD /notes.txt HTTP/1.1\r\nRange: bytes=2-7,9-10\r\n" + Fields + "\r\n");
        Add("a range with HTTP/1.0", "GET /notes.txt HTTP/1.0\r\nRange: bytes=2-7\r\n\r\n");
        Add("a range with HTTP/0.9 is no range", "GET /notes.txt\r\nRange: bytes=2-7\r\n");

        // Connections
        Add("keep-alive in HTTP/1.0, then another", "GET /notes.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /style.css" + Tail);
        Add("two requests at once", "GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /style.css" + Tail);
        Add(
            "three requests and a body",
            "GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /style.css" + Tail);
        Add(
            "a chunked body, then another",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /style.css" + Tail);
        Add("an empty line between", "GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\nGET /style.css" + Tail);
        Add("a request, then garbage", "GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\n\u0016\u0003\u0001");
        Add("nothing there, then another", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /style.css" + Tail);
        Add("not modified, then another", $"GET /notes.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\nGET /style.css" + Tail);
        With("Connection in capitals", "/notes.txt", "Connection: CLOSE\r\n");
        With("Connection with more words", "/notes.txt", "Connection: upgrade, close\r\n");
        With("an upgrade to h2c", "/notes.txt", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n");
        With("a web socket", "/notes.txt", "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n");
        return cases;
    }
}
