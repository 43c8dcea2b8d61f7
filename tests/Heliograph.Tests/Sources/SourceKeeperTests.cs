using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Relay.Access;
using Heliograph.Sources;
using Heliograph.Testing;

namespace Heliograph.Tests.Sources;

/// <summary>The lists of a running server, on a clock that the test moves.</summary>
public sealed class SourceKeeperTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger log = new();
    private SourceRules? rules;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Without_a_list_nobody_is_looked_up()
    {
        await using var keeper = Start(new());
        Assert.Null(rules);
        Assert.Null(keeper.Report());
        Assert.Equal("", log.All);
    }

    [Fact]
    public async Task A_changed_file_is_read_once_it_keeps_still_and_counts_from_then_on()
    {
        var file = Write("block.netset", "192.0.2.0/24");
        await using var keeper = Start(new() { Block = [file] });
        Assert.True(Blocks("192.0.2.1"));

        Write("block.netset", "198.51.100.0/24\n203.0.113.0/24");
        time.Advance(SourceKeeper.Every);
        Assert.True(Blocks("192.0.2.1"));
        time.Advance(SourceKeeper.Every);
        Assert.False(Blocks("192.0.2.1"));
        Assert.True(Blocks("198.51.100.1"));
        Assert.Equal(2, Assert.Single(keeper.Report()!.Block).Prefixes);
    }

    [Fact]
    public async Task A_reload_reads_files_at_once_and_takes_other_lists()
    {
        var (file, other) = (Write("block.netset", "192.0.2.0/24"), Write("other.netset", "203.0.113.0/24"));
        await using var keeper = Start(new() { Block = [file] });
        Write("block.netset", "198.51.100.0/24");
        keeper.Use(new() { Block = [file, other] });
        Assert.Equal((false, true, true), (Blocks("192.0.2.1"), Blocks("198.51.100.1"), Blocks("203.0.113.1")));
        keeper.Use(new());
        Assert.Null(rules);
    }

    [Fact]
    public async Task A_list_with_a_bad_line_is_refused_whole_with_its_line_and_the_old_one_goes_on()
    {
        var file = Write("block.netset", "192.0.2.0/24");
        await using var keeper = Start(new() { Block = [file] });
        Write("block.netset", "198.51.100.0/24\nnonsense");
        for (var i = 0; i < 5; i++)
            time.Advance(SourceKeeper.Every);

        Assert.Equal((true, false), (Blocks("192.0.2.1"), Blocks("198.51.100.1")));
        var problem = "line 2 is \"nonsense\", which is none; allowed: an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32";
        Assert.Equal(problem, Assert.Single(keeper.Report()!.Block).Problem);
        Assert.Single(log.Lines, $"Warning: The list of sources {file} is not used; the last good one stays in use: {problem}");

        // What is mended counts.
        Write("block.netset", "198.51.100.0/24\n");
        time.Advance(SourceKeeper.Every);
        time.Advance(SourceKeeper.Every);
        Assert.True(Blocks("198.51.100.1"));
        Assert.Null(Assert.Single(keeper.Report()!.Block).Problem);
    }

    [Fact]
    public async Task A_file_that_is_missing_counts_as_empty_until_it_is_there_and_is_told_once()
    {
        var file = Path.Combine(directory.Path, "block.netset");
        await using var keeper = Start(new() { Block = [file] });
        time.Advance(SourceKeeper.Every * 5);
        Assert.False(Blocks("192.0.2.1"));
        Assert.Single(
            log.Lines, $"Warning: The list of sources {file} is not used; it counts as empty: it cannot be read: there is no such file");
        Assert.Single(log.Lines);

        Write("block.netset", "192.0.2.0/24");
        time.Advance(SourceKeeper.Every * 2);
        Assert.True(Blocks("192.0.2.1"));
    }

    [Fact]
    public async Task Private_and_loopback_addresses_are_left_out_and_a_line_says_so_unless_a_key_wants_them()
    {
        var file = Write("level1.netset", "10.0.0.0/8\n127.0.0.0/8\nfc00::/7\n192.0.2.0/24");
        await using var keeper = Start(new() { Block = [file] });
        Assert.Equal((false, false, false, true), (Blocks("10.1.1.1"), Blocks("127.0.0.1"), Blocks("fd00::1"), Blocks("192.0.2.1")));
        Assert.Contains($"The list of sources {file} holds private or loopback addresses", log.All, StringComparison.Ordinal);

        keeper.Use(new() { Block = [file], BlocksPrivate = true });
        Assert.Equal((true, true, true), (Blocks("10.1.1.1"), Blocks("127.0.0.1"), Blocks("fd00::1")));
    }

    [Fact]
    public async Task All_blocks_everybody_but_the_allowed_and_the_private()
    {
        var file = Write("ir.zone", "192.0.2.0/24");
        await using var keeper = Start(new() { Block = [SourceSettings.All], Allow = [file] });
        Assert.Equal((false, true, true, false), (Blocks("192.0.2.1"), Blocks("198.51.100.1"), Blocks("2001:db8::1"), Blocks("10.0.0.1")));
        Assert.Equal((true, 0, 1), (keeper.Report()!.BlocksAll, keeper.Report()!.Block.Count, keeper.Report()!.Allow.Count));
    }

    [Fact]
    public async Task What_is_allowed_is_relayed_whichever_prefix_is_the_smaller()
    {
        var (block, allow) = (Write("block.netset", "192.0.2.0/24\n198.51.100.7"), Write("allow.netset", "192.0.2.8\n198.51.100.0/24"));
        await using var keeper = Start(new() { Block = [block], Allow = [allow] });
        Assert.Equal((true, false, false), (Blocks("192.0.2.1"), Blocks("192.0.2.8"), Blocks("198.51.100.7")));
    }

    [Fact]
    public async Task A_list_is_downloaded_asked_for_with_what_is_known_of_it_and_kept_for_a_start_without_network()
    {
        var settings = new SourceSettings();
        await using (var server = new ListServer(ListServer.List("192.0.2.0/24\n", "\"v1\"")))
        {
            settings = settings with { Block = [server.Address] };
            await using (var keeper = Start(settings))
            {
                await keeper.Downloading.WaitAsync(Bound.Token);
                Assert.True(Blocks("192.0.2.1"));
                Assert.DoesNotContain("secret", log.All + keeper.Report()!.Block[0].Name, StringComparison.Ordinal);

                server.Answer = ListServer.Empty("304 Not Modified");
                time.Advance(TimeSpan.FromDays(1));
                await keeper.Downloading.WaitAsync(Bound.Token);
                Assert.Equal(2, server.Requests.Count);
                Assert.Contains("If-None-Match: \"v1\"\r\n", server.Requests[1], StringComparison.Ordinal);
                Assert.Contains("If-Modified-Since: Fri, 27 Nov 2026 10:00:00 GMT\r\n", server.Requests[1], StringComparison.Ordinal);
                Assert.True(Blocks("192.0.2.1"));
            }
            // Not asked again before it is due, not even by the next process.
            time.Advance(TimeSpan.FromHours(23));
            await using (var next = Start(settings))
                await next.Downloading.WaitAsync(Bound.Token);
            Assert.Equal(2, server.Requests.Count);
        }
        time.Advance(TimeSpan.FromHours(2));
        rules = null;
        await using var offline = Start(settings);
        Assert.True(Blocks("192.0.2.1"));
        await offline.Downloading.WaitAsync(Bound.Token);
        Assert.True(Blocks("192.0.2.1"));
        Assert.StartsWith("its server cannot be reached: ", offline.Report()!.Block[0].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404 Not Found", "", "its server answered 404; check the address")]
    [InlineData("200 OK", "", "it holds no prefix; check the address")]
    [InlineData("200 OK", "<html>",
        "line 1 is \"<html>\", which is none; allowed: an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32")]
    public async Task A_download_that_is_no_list_leaves_the_last_good_one_and_is_tried_again_after_a_quarter_of_an_hour(
        string status, string body, string problem)
    {
        await using var server = new ListServer(ListServer.List("192.0.2.0/24\n", "\"v1\""));
        await using var keeper = Start(new() { Block = [server.Address] });
        await keeper.Downloading.WaitAsync(Bound.Token);
        server.Answer = $"{status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        time.Advance(TimeSpan.FromDays(1));
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.True(Blocks("192.0.2.1"));
        Assert.Equal(problem, keeper.Report()!.Block[0].Problem);

        time.Advance(SourceKeeper.RetryAfter - SourceKeeper.Every);
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal(2, server.Requests.Count);
        time.Advance(SourceKeeper.Every);
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(log.Lines, line => line.EndsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_says_unchanged_to_who_has_no_copy_is_told_of()
    {
        await using var server = new ListServer(ListServer.Empty("304 Not Modified"));
        await using var keeper = Start(new() { Block = [server.Address] });
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal(
            new SourceListReport(server.Address.Split('?')[0], null, "its server answered 304 to who has no copy; check the address"),
            Assert.Single(keeper.Report()!.Block));
    }

    [Fact]
    public async Task A_list_that_never_ends_is_cut_off_at_64_MB()
    {
        await using var server = new ListServer("200 OK\r\nConnection: close\r\n\r\n" + new string('#', 64_000_001));
        await using var keeper = Start(new() { Block = [server.Address] });
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal("it is longer than 64 MB", keeper.Report()!.Block[0].Problem);
    }

    [Fact]
    public async Task A_server_that_sends_nothing_is_given_up_after_30_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var keeper = Start(new() { Block = [$"http://{silent.LocalEndpoint}/drop.txt"] });
        await time.WaitForTimerAsync(SourceDownload.Limit, Bound.Prompt);
        time.Advance(TimeSpan.FromSeconds(30));
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal("its server did not send it within 30s", keeper.Report()!.Block[0].Problem);
    }

    [Fact]
    public async Task A_list_that_ends_before_its_length_is_not_used()
    {
        await using var server = new ListServer("200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n192.0.2.0/24\n");
        await using var keeper = Start(new() { Block = [server.Address] });
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.False(Blocks("192.0.2.1"));
        Assert.StartsWith("its download broke off: ", keeper.Report()!.Block[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_followed_over_five_redirects_and_no_further()
    {
        await using var server = new ListServer("302 Found\r\nLocation: /again\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        await using var keeper = Start(new() { Block = [server.Address] });
        await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal(1 + 5, server.Requests.Count);
        Assert.Equal("its server answered 302; check the address", keeper.Report()!.Block[0].Problem);
    }

    [Fact]
    public async Task A_damaged_copy_and_those_of_lists_that_are_gone_are_not_used()
    {
        await using var server = new ListServer(ListServer.List("192.0.2.0/24\n", "\"v1\""));
        var settings = new SourceSettings { Block = [server.Address] };
        await using (var keeper = Start(settings))
            await keeper.Downloading.WaitAsync(Bound.Token);
        var copy = Assert.Single(Directory.GetFiles(Path.Combine(directory.Path, "sources")));
        await File.WriteAllTextAsync(copy, "192.0.2.0/24\n", TestContext.Current.CancellationToken);
        await using (var keeper = Start(settings))
            await keeper.Downloading.WaitAsync(Bound.Token);
        Assert.Equal(2, server.Requests.Count);

        await using (Start(new()))
            Assert.Empty(Directory.GetFiles(Path.Combine(directory.Path, "sources")));
    }

    [Fact]
    public async Task All_lists_together_have_a_million_prefixes_at_most()
    {
        var many = Enumerable.Range(0, 999_999).Select(static i => $"1.{i >> 16}.{(i >> 8) & 255}.{i & 255}\n");
        var first = Write("first.netset", string.Concat(many));
        var (second, third) = (Write("second.netset", "192.0.2.1"), Write("third.netset", "192.0.2.3"));
        await using var keeper = Start(new() { Block = [first, second, third] });
        Assert.Equal((true, false), (Blocks("192.0.2.1"), Blocks("192.0.2.3")));
        Assert.Equal("it has more than 0 prefixes, and all lists together may have 1000000", keeper.Report()!.Block[2].Problem);
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        var pipe = Path.Combine(directory.Path, "pipe");
        await ChildProcess.RunAsync("mkfifo", [pipe], Bound.Prompt);
        await using var keeper = Start(new() { Block = [pipe] });
        Assert.Equal("it is a pipe, which can be read only once; give a regular file", keeper.Report()!.Block[0].Problem);
    }

    private bool Blocks(string address) =>
        rules!.Block.Contains(IPAddress.Parse(address)) && !rules.Allow.Contains(IPAddress.Parse(address));

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private SourceKeeper Start(SourceSettings settings)
    {
        var keeper = new SourceKeeper(settings, directory.Path, time, log);
        keeper.Attach(changed => rules = changed);
        return keeper;
    }
}
