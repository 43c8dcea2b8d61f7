using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary><c>bench/timing</c> works; its times are not checked here.</summary>
public sealed class TimingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("")]
    [InlineData("--directory")]
    public async Task A_short_run_times_every_kind_of_answer(string option)
    {
        string[] options = option.Length > 0 ? [option] : [];

        var (code, output, errors) = await TimingAsync(
            ["--heliograph-command", HeliographProcess.Program, "--visits", "20", .. options]);

        Assert.True(code == 0, errors);
        Assert.StartsWith("20 visits of each kind to each server, in turn; idle.\n", output, StringComparison.Ordinal);
        var rows = output.Split('\n').Where(static line => line.StartsWith('|')).Skip(2).Select(static line => line.Split('|')).ToList();
        Assert.Equal(["handshake", "GET", "404", "400"], rows.Select(static row => row[1].Trim()));
        Assert.All(rows, static row => Assert.All(row[2..4], static cell => Assert.Matches(@"^ [0-9]+ \([0-9]+ to [0-9]+\) $", cell)));
        // One of the two servers is slower: an area is never less than a guess.
        Assert.All(rows, static row => Assert.All(row[4..6], static cell => Assert.Matches(@"^ (0\.[5-9][0-9]{2}|1\.000) $", cell)));
    }

    [Theory]
    [InlineData("Option '--heliograph-command' is required.")]
    [InlineData("--visits is '19'; it must be a whole number from 20 to 100000.", "--heliograph-command", "x", "--visits", "19")]
    [InlineData("--visits is 'many'; it must be a whole number from 20 to 100000.", "--heliograph-command", "x", "--visits", "many")]
    [InlineData("--often", "--heliograph-command", "x", "--often")]
    public async Task Bad_usage_exits_2(string expected, params string[] arguments)
    {
        var (code, output, errors) = await TimingAsync(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.EndsWith("timing: see bench/timing --help\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_serve_is_reported_with_its_last_words()
    {
        var (code, _, errors) = await TimingAsync("--heliograph-command", "/bin/false", "--visits", "20");

        Assert.Equal(1, code);
        Assert.StartsWith("timing: heliograph ended instead of serving", errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> TimingAsync(params string[] arguments) =>
        ChildProcess.RunAsync(CompareTests.Program, ["timing", .. arguments], Limit);
}
