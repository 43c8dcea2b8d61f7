using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.Web.Http;
using Heliograph.Web.Sites.BuiltIn;
using Heliograph.Web.Tests.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests;

public sealed class DecoySiteTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("decoy-").FullName;
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task The_visits_that_are_rehearsed_before_the_first_one_get_answers_in_both_versions()
    {
        await using var decoy = await DecoySite.StartAsync(
            new() { Seed = new(new byte[DecoySeed.RandomLength], new(2026, 1, 1)) },
            TimeProvider.System, NullLogger.Instance, Cancellation);
        using var http1 = new RehearsedVisit(RehearsedVisit.Http1);
        using var http2 = new RehearsedVisit(RehearsedVisit.Http2);
        await decoy.ServeHttp1(http1);
        await decoy.ServeHttp2(http2);
        // More than two of nginx's pages, and more than its frames without an answer.
        Assert.InRange(http1.Sent.Count, 1000, 1_000_000);
        Assert.InRange(http2.Sent.Count, 500, 1_000_000);
    }

    [Fact]
    public async Task A_site_directory_that_is_missing_is_one_sentence()
    {
        var missing = Path.Combine(directory, "missing");
        var options = new DecoyOptions
        {
            Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)),
            Directory = missing,
        };
        var error = await Assert.ThrowsAsync<WebServerException>(() =>
            DecoySite.StartAsync(options, time, NullLogger.Instance, Cancellation));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_of_the_built_in_site_is_served()
    {
        await using var decoy = await StartAsync();
        foreach (var file in BuiltInSite.Files(new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)), "en", time.GetUtcNow()))
        {
            var answer = await GetAsync(decoy, file.Path);
            Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
            Assert.Equal(Encoding.Latin1.GetString(file.Content), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        }
    }

    [Fact]
    public async Task A_page_that_changes_without_another_time_or_length_is_compressed_anew()
    {
        var page = Path.Combine(directory, "page.html");
        var modified = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await using var decoy = await StartOnAsync(directory);
        foreach (var text in new[] { "<p>The page of 2025.</p>", "<p>The page of 2026.</p>" })
        {
            await File.WriteAllTextAsync(page, text, Cancellation);
            File.SetLastWriteTimeUtc(page, modified);
            var answer = await RawHttp.ExchangeAsync(
                DialTo.Server(decoy.ServeHttp1),
                RawHttp.Bytes("GET /page.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"),
                finishSending: false);
            var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            var stream = body[(body.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
            using var unpacked = new StreamReader(
                new GZipStream(new MemoryStream(Encoding.Latin1.GetBytes(stream)), CompressionMode.Decompress));
            var characters = new char[text.Length];
            Assert.Equal(text.Length, await unpacked.ReadBlockAsync(characters, Cancellation));
            Assert.Equal(text, new string(characters));
        }
    }

    [Fact]
    public async Task Links_that_leave_the_directory_are_not_followed()
    {
        var site = Path.Combine(directory, "site");
        Directory.CreateDirectory(Path.Combine(directory, "site-secret"));
        Directory.CreateDirectory(site);
        await File.WriteAllTextAsync(Path.Combine(directory, "secret.txt"), "secret", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(directory, "site-secret", "secret.txt"), "secret", Cancellation);
        File.CreateSymbolicLink(Path.Combine(site, "link.txt"), "../secret.txt");
        File.CreateSymbolicLink(Path.Combine(site, "etc"), "/etc");
        File.CreateSymbolicLink(Path.Combine(site, "neighbour"), "../site-secret");
        var options = new DecoyOptions
        {
            Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)),
            Directory = site,
        };
        await using var decoy = await DecoySite.StartAsync(options, time, NullLogger.Instance, Cancellation);
        foreach (var path in new[] { "/link.txt", "/etc/passwd", "/etc", "/etc/", "/neighbour/secret.txt", "/neighbour" })
            Assert.StartsWith("HTTP/1.1 403 Forbidden", await GetAsync(decoy, path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_within_the_directory_are_followed_even_if_their_path_is_absolute_or_leaves_it_and_comes_back()
    {
        var site = Path.Combine(directory, "site");
        Directory.CreateDirectory(site);
        await File.WriteAllTextAsync(Path.Combine(site, "page.txt"), "a page", Cancellation);
        File.CreateSymbolicLink(Path.Combine(site, "absolute.txt"), Path.Combine(site, "page.txt"));
        File.CreateSymbolicLink(Path.Combine(site, "around.txt"), "../site/page.txt");
        await using var decoy = await DecoySite.StartAsync(
            new DecoyOptions { Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)), Directory = site },
            time, NullLogger.Instance, Cancellation);
        foreach (var path in new[] { "/absolute.txt", "/around.txt" })
            Assert.EndsWith("\r\n\r\na page", await GetAsync(decoy, path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_more_than_2_GiB_is_served()
    {
        var site = Path.Combine(directory, "site");
        Directory.CreateDirectory(site);
        await using (var file = File.Create(Path.Combine(site, "large.bin")))
        {
            file.Position = 3_000_000_000;
            await file.WriteAsync("end"u8.ToArray(), Cancellation);
        }
        await using var decoy = await DecoySite.StartAsync(
            new DecoyOptions { Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)), Directory = site },
            time, NullLogger.Instance, Cancellation);
        var answer = await RawHttp.ExchangeAsync(
            DialTo.Server(decoy.ServeHttp1),
            RawHttp.Bytes("GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=-3\r\nConnection: close\r\n\r\n"),
            finishSending: false);
        Assert.EndsWith("\r\n\r\nend", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpClient_reads_the_site_over_http2()
    {
        await using var decoy = await StartAsync();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
                new NetworkStream(await DialTo.Server(decoy.ServeHttp2)(cancellationToken), ownsSocket: true),
        };
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var files = BuiltInSite.Files(new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)), "en", time.GetUtcNow());
        await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(_ => files).Select(async file =>
        {
            using var response = await client.GetAsync(new Uri("http://example.org" + file.Path), Cancellation);
            Assert.Equal(HttpVersion.Version20, response.Version);
            Assert.StartsWith("nginx", response.Headers.Server.ToString(), StringComparison.Ordinal);
            Assert.Equal(file.Content, await response.Content.ReadAsByteArrayAsync(Cancellation));
        }));
        using var posted = await client.PostAsync(new Uri("http://example.org/"), new ByteArrayContent(new byte[200_000]), Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Fact]
    public async Task Silent_and_slow_clients_are_closed_without_an_answer_after_60_seconds()
    {
        await using var decoy = await StartAsync();
        foreach (var sent in new[] { "", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n" })
        {
            using var socket = await DialTo.Server(decoy.ServeHttp1)(Cancellation);
            await socket.SendAsync(RawHttp.Bytes(sent), Cancellation);
            await time.UntilDueInAsync(TimeSpan.FromSeconds(60), Cancellation);
            time.Advance(TimeSpan.FromSeconds(60));
            // A reset if this clock moved faster than the bytes; never an answer.
            Assert.Equal(
                0,
                await socket
                    .ReceiveAsync(new byte[100], Cancellation)
                    .AsTask()
                    .ContinueWith(received => received.IsFaulted ? 0 : received.GetAwaiter().GetResult(), TaskScheduler.Default));
        }
    }

    [Fact]
    public async Task A_connection_kept_alive_is_closed_after_75_seconds()
    {
        await using var decoy = await StartAsync();
        using var socket = await DialTo.Server(decoy.ServeHttp1)(Cancellation);
        await socket.SendAsync(RawHttp.Bytes("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), Cancellation);
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[4096], Cancellation));
        await time.UntilDueInAsync(TimeSpan.FromSeconds(75), Cancellation);
        time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[100], Cancellation));
    }

    [Fact]
    public async Task An_http2_connection_without_a_request_is_sent_goaway_after_60_seconds()
    {
        await using var decoy = await StartAsync();
        using var socket = await DialTo.Server(decoy.ServeHttp2)(Cancellation);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        // The server sends its settings without being asked.
        await stream.ReadExactlyAsync(new byte[27 + 13], Cancellation);
        await time.UntilDueInAsync(TimeSpan.FromSeconds(60), Cancellation);
        time.Advance(TimeSpan.FromSeconds(60));
        var goAway = new byte[17];
        await stream.ReadExactlyAsync(goAway, Cancellation);
        Assert.Equal("0000080700000000000000000000000000", Convert.ToHexStringLower(goAway));
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task A_request_on_a_connection_of_more_than_an_hour_is_its_last()
    {
        await using var decoy = await StartAsync();
        using var socket = await DialTo.Server(decoy.ServeHttp1)(Cancellation);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        var request = RawHttp.Bytes("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        // The last comes an hour and 10 s after the first.
        for (var requests = 0; requests < 62; requests++)
        {
            await stream.WriteAsync(request, Cancellation);
            var head = await ReadHeadAsync(stream);
            Assert.Contains(requests < 61 ? "Connection: keep-alive" : "Connection: close", head, StringComparison.Ordinal);
            if (requests == 61)
                break;
            await time.UntilDueInAsync(TimeSpan.FromSeconds(75), Cancellation);
            time.Advance(TimeSpan.FromSeconds(3610 / 61.0));
        }
        await stream.CopyToAsync(Stream.Null, Cancellation);
    }

    [Fact]
    public async Task Any_split_of_a_request_gives_the_same_answer()
    {
        await using var decoy = await StartAsync();
        var request = RawHttp.Bytes("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var whole = RawHttp.Mask(await RawHttp.ExchangeAsync(DialTo.Server(decoy.ServeHttp1), request, finishSending: false));
        for (var split = 1; split < request.Length; split++)
        {
            using var socket = await DialTo.Server(decoy.ServeHttp1)(Cancellation);
            await socket.SendAsync(request.AsMemory(0, split), Cancellation);
            await socket.SendAsync(request.AsMemory(split), Cancellation);
            using var answer = new MemoryStream();
            using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.CopyToAsync(answer, Cancellation);
            Assert.Equal(whole, RawHttp.Mask(Encoding.Latin1.GetString(answer.ToArray())));
        }
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(next, Cancellation);
            head.Append((char)next[0]);
        }
        return head.ToString();
    }

    private static Task<string> GetAsync(DecoySite decoy, string path) =>
        RawHttp.ExchangeAsync(
            DialTo.Server(decoy.ServeHttp1),
            RawHttp.Bytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            finishSending: false);

    private Task<DecoySite> StartAsync() =>
        DecoySite.StartAsync(
            new DecoyOptions { Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)) },
            time, NullLogger.Instance, Cancellation);

    private Task<DecoySite> StartOnAsync(string site) => DecoySite.StartAsync(
        new DecoyOptions { Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)), Directory = site },
        time, NullLogger.Instance, Cancellation);
}
