using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench.Soak;

/// <summary>The script and the program that it starts.</summary>
[Trait("Needs", "root")]
public sealed class SoakTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>The build that is here, which the script would otherwise make anew.</summary>
    private static readonly string Program = Repository.PathOf("artifacts/bin/Heliograph.Soak/debug/Heliograph.Soak");

    [Theory]
    [InlineData("HOURS is '0'; it must be a number from 0.1 to 100.", "0")]
    [InlineData("HOURS is 'day'; it must be a number from 0.1 to 100.", "day")]
    [InlineData("HOURS is '101'; it must be a number from 0.1 to 100.", "101")]
    [InlineData("--rate is '0'; it must be a number from 1 to 1000.", "--rate", "0")]
    [InlineData("--slow", "--slow")]
    public async Task Bad_usage_exits_2(string expected, params string[] arguments)
    {
        var (code, _, errors) = await ChildProcess.RunAsync(Program, arguments, Limit);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_a_network_of_its_own_it_does_not_run()
    {
        var (code, _, errors) = await ChildProcess.RunAsync(Program, ["--quick"], Limit);

        Assert.Equal(
            (1, "soak: it is started by bench/soak, which gives it a network and a file system of its own.\n"), (code, errors));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_interrupted_run_says_what_it_has_found_and_leaves_nothing_but_the_log_the_table_and_the_picture()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a network of its own requires root");
        using var output = new TempDirectory();
        await using var soak = ChildProcess.Start(
            Repository.PathOf("bench/soak"),
            ["--quick", "--output", output.Path],
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["HELIOGRAPH_SOAK_CONFIGURATION"] = "Debug" });
        await soak.WaitForLineAsync(static line => line.EndsWith(": upstream dead", StringComparison.Ordinal), Limit);

        soak.Signal(Processes.SIGTERM);

        Assert.Equal(1, await soak.WaitForExitAsync(Limit));
        Assert.EndsWith("\nINTERRUPTED\n", soak.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["heliograph.log", "soak.csv", "soak.svg"],
            Directory.EnumerateFiles(output.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(soak.TemporaryDirectory));
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup/", $"heliograph-soak-{soak.Id}", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 1,
        }));
    }
}
