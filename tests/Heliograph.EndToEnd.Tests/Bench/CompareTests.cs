using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary>The benchmark works; its figures are not checked here.</summary>
public sealed class CompareTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task A_smoke_run_measures_every_figure_of_all_three_proxies()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "reading the memory of a non-dumpable process requires root");

        using var directory = new TempDirectory();
        var file = directory["figures.json"];

        var (code, output, errors) = await CompareAsync("--smoke", "--heliograph-command", HeliographProcess.Program, "--json", file);

        Assert.True(code == 0, errors);
        var rows = output.Split('\n').Where(static line => line.StartsWith('|')).Skip(2).ToList();
        Assert.Equal(5, rows.Count);
        // The three figures. With so few connections memory may even shrink; a ratio of figures too small to measure is a dash.
        Assert.All(rows, static row => Assert.All(row.Split('|')[2..5], static cell => Assert.Matches("^ -?[0-9.,]+ $", cell)));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        ComparisonFile.AssertComplete(document.RootElement);
    }

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--only", "sideways")]
    [InlineData("--peers", "apache")]
    public async Task Bad_usage_exits_2(string option, string value)
    {
        var (code, _, errors) = await CompareAsync(option, value);

        Assert.Equal(2, code);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> CompareAsync(params string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(output.Parent!.Parent!.FullName, "Heliograph.Compare", output.Name, "compare");
        return ChildProcess.RunAsync(program, arguments, Limit);
    }
}
