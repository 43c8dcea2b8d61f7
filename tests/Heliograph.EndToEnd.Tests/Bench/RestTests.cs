using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary><c>bench/rest</c> works; its figures are not checked here.</summary>
public sealed class RestTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_short_run_has_the_goal_beside_each_figure_and_its_exit_code_says_whether_all_are_met()
    {
        var (code, output, errors) = await RestAsync("--heliograph-command", HeliographProcess.Program, "--starts", "2", "--seconds", "1");

        Assert.Equal("", errors);
        var rows = output.Split('\n').Where(static line => line.StartsWith('|')).Skip(2).Select(static line => line.Split('|')).ToList();
        Assert.Equal([" ≤ 150 ", " ≤ 25 ", " ≤ 1 "], rows.Select(static row => row[3]));
        Assert.All(rows, static row => Assert.Matches("^ [0-9,]+\\.[0-9] $", row[2]));
        Assert.All(rows[..2], static row => Assert.NotEqual(" 0.0 ", row[2]));
        Assert.Equal(rows.All(static row => row[4] == " yes ") ? 0 : 1, code);
    }

    [Theory]
    [InlineData("Option '--heliograph-command' is required.")]
    [InlineData("--starts is '0'; it must be a whole number from 1 to 1000.", "--heliograph-command", "x", "--starts", "0")]
    [InlineData("--seconds is 'x'; it must be a whole number from 1 to 3600.", "--heliograph-command", "x", "--seconds", "x")]
    public async Task Bad_usage_exits_2(string expected, params string[] arguments)
    {
        var (code, output, errors) = await RestAsync(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> RestAsync(params string[] arguments) =>
        ChildProcess.RunAsync(CompareTests.Program, ["rest", .. arguments], Limit);
}
