using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary>The benchmark works; its figures are not checked here.</summary>
public sealed class CompareTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task A_smoke_run_measures_every_figure_of_all_proxies()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "reading the memory of a non-dumpable process requires root");

        using var directory = new TempDirectory();
        var file = directory["figures.json"];

        var (code, output, errors) = await CompareAsync("--smoke", "--heliograph-command", HeliographProcess.Program, "--json", file);

        Assert.True(code == 0, errors);
        var rows = output.Split('\n').Where(static line => line.StartsWith('|')).Skip(2).ToList();
        Assert.Equal(10, rows.Count);
        // The four figures. With so few connections memory may even shrink; a ratio of figures too small to measure is a dash.
        Assert.All(rows, static row => Assert.All(row.Split('|')[2..6], static cell => Assert.Matches("^ -?[0-9.,]+ $", cell)));
        Assert.Matches("(?m)^Latency at [0-9,]+ messages a second", output);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        ComparisonFile.AssertComplete(document.RootElement);
    }

    [Fact]
    public async Task With_two_rounds_each_ratio_has_its_noise_beside_it()
    {
        var (code, output, errors) = await CompareAsync(
            "--smoke", "--rounds", "2", "--only", "round-trips", "--peers", "heliograph,c-relay",
            "--heliograph-command", HeliographProcess.Program);

        Assert.True(code == 0, errors);
        Assert.Matches(
            @"\| CPU s per 10,000 round trips of 200 B \|.*\| [0-9]+\.[0-9]{2} \([0-9]+\.[0-9]{2} to [0-9]+\.[0-9]{2}\) \|", output);
    }

    [Fact]
    public async Task More_workers_are_compared_with_one()
    {
        var (code, output, errors) = await CompareAsync(
            "--smoke", "--processors", "2", "--only", "handshakes", "--peers", "heliograph,c-relay",
            "--heliograph-command", HeliographProcess.Program);

        Assert.True(code == 0, errors);
        Assert.Matches(@"(?m)^\| heliograph \| [0-9,]+ \| [0-9,]+ \| [0-9.]+ \| [0-9]+ % \|$", output);
        Assert.Matches(@"(?m)^\| c-relay \| [0-9,]+ \| [0-9,]+ \| [0-9.]+ \| [0-9]+ % \|$", output);
        Assert.Equal(Environment.ProcessorCount < 4, output.Contains("--processors 2 needs 4 processors", StringComparison.Ordinal));
    }

    /// <summary>The other system is this one, so that none has to be made.</summary>
    [Fact]
    public async Task The_proxies_run_in_the_system_in_a_directory()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "another system is entered by chroot, which requires root");

        var (code, output, errors) = await CompareAsync(
            "--smoke", "--in", "/", "--only", "handshakes", "--heliograph-command", HeliographProcess.Program);

        Assert.True(code == 0, errors);
        Assert.Contains("| CPU s per 1,000 full handshakes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_a_system_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "another system is entered by chroot, which requires root");
        using var directory = new TempDirectory();

        var (code, _, errors) = await CompareAsync("--smoke", "--in", directory.Path);

        Assert.Equal(1, code);
        Assert.Contains($"--in {directory.Path}: there is no Debian in it", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--idle", "0")]
    [InlineData("--processors", "none")]
    [InlineData("--rounds", "0")]
    [InlineData("--only", "sideways")]
    [InlineData("--peers", "apache")]
    public async Task Bad_usage_exits_2(string option, string value)
    {
        var (code, _, errors) = await CompareAsync(option, value);

        Assert.Equal(2, code);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }

    /// <summary>The build that is beside this one's.</summary>
    internal static string Program
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(output.Parent!.Parent!.FullName, "Heliograph.Compare", output.Name, "compare");
        }
    }

    private static Task<(int ExitCode, string Output, string Errors)> CompareAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Program, arguments, Limit);
}
