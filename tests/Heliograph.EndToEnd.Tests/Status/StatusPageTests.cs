using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Heliograph.EndToEnd.Tests.Access;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Status;

/// <summary>The page for the operator at <c>/</c> of metrics.listen: the built program, over a socket and in a browser.</summary>
public sealed class StatusPageTests
{
    /// <summary>Pages in frames, because no window is as narrow as a phone; each says how wide it turned out, and its colour.</summary>
    private const string Frames = """
        <body style="margin:0">
        <iframe name="busy" width=360 height=3100></iframe><iframe name="busy" width=1280 height=3100></iframe>
        <iframe name="trouble" width=360 height=3100></iframe><iframe name="trouble" width=320 height=3100></iframe>
        <script>
        for (const frame of document.querySelectorAll('iframe')) {
          frame.style.border = 0
          frame.onload = () => {
            const page = frame.contentDocument, said = document.createElement('p')
            const { backgroundColor } = getComputedStyle(page.body)
            said.textContent = [frame.name, frame.width, page.documentElement.scrollWidth, backgroundColor].join(' ')
            document.body.append(said)
          }
          frame.src = frame.name + '.html'
        }
        </script>
        """;

    private static readonly ProxySettings WithPage = new() { Metrics = EndpointTests.OnLoopback };

    [Fact(Timeout = Bound.Test)]
    public async Task It_answers_GET_and_HEAD_with_fields_that_keep_it_to_itself()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(WithPage);
        var host = proxy.Monitoring.Authority;

        var page = await AskAsync(proxy.Monitoring, $"GET / HTTP/1.1\r\nHost: {host}");
        Assert.Equal("HTTP/1.1 200 OK", page.Status);
        Assert.Equal("text/html; charset=utf-8", page.Fields["Content-Type"]);
        Assert.Equal("no-store", page.Fields["Cache-Control"]);
        Assert.Equal("nosniff", page.Fields["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", page.Fields["Referrer-Policy"]);
        Assert.Equal("same-origin", page.Fields["Cross-Origin-Resource-Policy"]);
        Assert.Matches(
            "^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$",
            page.Fields["Content-Security-Policy"]);
        Assert.Contains($"<h1>{Proxy.Name}</h1>", page.Body, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page.Body, StringComparison.Ordinal);

        var head = await AskAsync(proxy.Monitoring, $"HEAD / HTTP/1.1\r\nHost: {host}");
        Assert.Equal(("HTTP/1.1 200 OK", ""), (head.Status, head.Body));
        Assert.Equal(page.Fields["Content-Security-Policy"], head.Fields["Content-Security-Policy"]);

        foreach (var method in new[] { "POST", "PUT", "DELETE", "OPTIONS" })
        {
            var refused = await AskAsync(proxy.Monitoring, $"{method} / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0");
            Assert.Equal(("HTTP/1.1 405 Not Allowed", "GET, HEAD"), (refused.Status, refused.Fields["Allow"]));
        }
        foreach (var path in new[] { "//x", "/index.html", "/status", "/favicon.ico", "/../etc/passwd" })
        {
            var missing = await AskAsync(proxy.Monitoring, $"GET {path} HTTP/1.1\r\nHost: {host}");
            Assert.DoesNotContain(Proxy.Name, missing.Body, StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 40", missing.Status, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("127.0.0.1:0", true)]
    // Programs on other machines may know /metrics by any name.
    [InlineData("0.0.0.0:0", false)]
    public async Task A_web_page_whose_name_leads_to_this_machine_reads_nothing(string listen, bool metricsToo)
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Metrics = $"listen: [\"{listen}\"]" });
        var monitoring = new UriBuilder(proxy.Monitoring) { Host = "127.0.0.1" }.Uri;

        foreach (var host in new[] { "attacker.example", "localhost.attacker.example", "attacker.example:9464", Proxy.Name })
        {
            foreach (var path in new[] { "/", "/metrics", "/healthz" })
            {
                var answer = await AskAsync(monitoring, $"GET {path} HTTP/1.1\r\nHost: {host}");
                if (path != "/" && !metricsToo)
                {
                    Assert.Equal("HTTP/1.1 200 OK", answer.Status);
                    continue;
                }
                Assert.Equal("HTTP/1.1 421 Misdirected Request", answer.Status);
                Assert.Equal(
                    "This is not a host of that name: ask for 127.0.0.1, localhost or the address in metrics.listen.\n", answer.Body);
            }
        }
        var absolute = await AskAsync(monitoring, "GET http://attacker.example/ HTTP/1.1\r\nHost: localhost");
        Assert.Equal("HTTP/1.1 421 Misdirected Request", absolute.Status);
        // What a tunnel's user types.
        foreach (var host in new[] { "127.0.0.1:1", "localhost:8080", "LOCALHOST", "[::1]" })
            Assert.Equal("HTTP/1.1 200 OK", (await AskAsync(monitoring, $"GET / HTTP/1.1\r\nHost: {host}")).Status);
        Assert.Equal("HTTP/1.1 200 OK", (await AskAsync(monitoring, "GET / HTTP/1.0")).Status);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task The_name_of_a_group_is_on_it_only_with_access_metrics(string setting, bool isNamed)
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(WithPage with
        {
            Domains = [Groups.Domain, "*." + Groups.Domain],
            More = $"access: {{ mode: unlisted, metrics: {setting} }}",
        });
        var name = await new Groups(proxy.Config).LinkAsync("new", "family");

        var (_, _, page) = await Scrape.GetAsync(proxy.Monitoring, "");

        Assert.Equal(isNamed, page.Contains("family", StringComparison.Ordinal));
        Assert.DoesNotContain(name, page, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Status_says_how_to_reach_it_or_how_to_turn_it_on()
    {
        Proxy.NeedsHeliograph();
        await using (var proxy = await Proxy.StartAsync(WithPage))
        {
            var (_, output, _) = await BuiltProgram.RunAsync("status", "--config", proxy.Config);
            var port = proxy.Monitoring.Port;
            Assert.Contains(
                $"\n  page          http://127.0.0.1:{port}/ while this runs on your computer:\n" +
                $"                ssh -L {port}:127.0.0.1:{port} {Proxy.Name}\n",
                output,
                StringComparison.Ordinal);
        }
        await using var without = await Proxy.StartAsync(new ProxySettings());
        var (_, none, _) = await BuiltProgram.RunAsync("status", "--config", without.Config);
        Assert.Contains("\n  page          none; set metrics.listen ", none, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_browser_shows_it_under_its_own_policy()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(WithPage with
        {
            StateFiles = new Dictionary<string, string>(StringComparer.Ordinal) { ["traffic.json"] = Traffic() },
        });
        using var directory = new TempDirectory();
        var picture = directory["page.png"];

        var (seen, errors) = await Browser.OpenAsync(
            directory, proxy.Monitoring.ToString(), "--dump-dom", $"--screenshot={picture}", "--window-size=1280,1600",
            "--enable-logging=stderr");

        Assert.Contains(": 12 MB, 80 connections</title>", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Content Security Policy", errors, StringComparison.Ordinal);
        Keep(picture, "real");
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("light", 1, "rgb(244, 246, 248)")]
    [InlineData("dark", 0, "rgb(18, 21, 25)")]
    public async Task It_fits_a_phone_and_a_desk_in_both_colour_schemes(string name, int scheme, string paper)
    {
        using var directory = new TempDirectory();
        foreach (var page in new[] { "busy", "trouble" })
        {
            var html = await File.ReadAllTextAsync(Repository.PathOf($"tests/Heliograph.Tests/Status/Golden/{page}.html"), Bound.Token);
            // Open, so that the tables are measured too.
            directory.Write(page + ".html", html.Replace("<details>", "<details open>", StringComparison.Ordinal));
        }
        var picture = directory["page.png"];

        var (seen, _) = await Browser.OpenAsync(
            directory,
            "file://" + directory.Write("frames.html", Frames),
            "--dump-dom",
            $"--screenshot={picture}",
            "--window-size=2800,3200",
            $"--blink-settings=preferredColorScheme={scheme}");

        foreach (var (page, width) in new[] { ("busy", 360), ("busy", 1280), ("trouble", 360), ("trouble", 320) })
            Assert.Contains($"<p>{page} {width} {width} {paper}</p>", seen, StringComparison.Ordinal);
        Keep(picture, name);
    }

    private static string Traffic()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var days = Enumerable.Range(0, 30).Reverse().Select(back => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"start":"{{today.AddDays(-back):o}}","connections":80,"bytes_up":2000000,"bytes_down":{{10 + back}}000000}"""));
        return $$"""{"version":1,"days":[{{string.Join(',', days)}}],"weeks":[]}""";
    }

    /// <summary>For a person to look at: HELIOGRAPH_KEEP_PICTURES names a directory.</summary>
    private static void Keep(string picture, string name)
    {
        Assert.True(new FileInfo(picture).Length > 10_000, "the picture is empty");
        if (Environment.GetEnvironmentVariable("HELIOGRAPH_KEEP_PICTURES") is { } directory)
            File.Copy(picture, Path.Combine(directory, $"status-page-{name}.png"), overwrite: true);
    }

    private static async Task<(string Status, IReadOnlyDictionary<string, string> Fields, string Body)> AskAsync(
        Uri monitoring, string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(monitoring.Host, monitoring.Port, Bound.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "\r\nConnection: close\r\n\r\n"), Bound.Token);
        using var reader = new StreamReader(client.GetStream());
        var answer = (await reader.ReadToEndAsync(Bound.Token)).Split("\r\n\r\n", 2);
        var lines = answer[0].Split("\r\n");
        return (
            lines[0],
            lines
                .Skip(1)
                .Select(static line => line.Split(": ", 2))
                .ToDictionary(static one => one[0], static one => one[1], StringComparer.Ordinal),
            answer[1]);
    }
}
