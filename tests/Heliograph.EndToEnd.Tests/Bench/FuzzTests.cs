using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary>Fuzzing works, and its committed inputs show no fault. <c>./test fuzz</c> looks for new ones.</summary>
public sealed partial class FuzzTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>The build that is here, which the script would otherwise make anew.</summary>
    private static readonly Dictionary<string, string?> Environment = new(StringComparer.Ordinal)
    {
        ["HELIOGRAPH_FUZZ_CONFIGURATION"] = "Debug",
    };

    private static string Corpora => Repository.PathOf("bench/Heliograph.Fuzz/corpus");

    /// <summary>Blind chance would need four thousand million inputs.</summary>
    [Fact]
    public async Task A_fault_that_only_coverage_leads_to_is_found_and_its_input_replays()
    {
        var (code, output, errors) = await FuzzAsync("self-test", "5");

        Assert.True(code == 1, output + errors);
        Assert.Contains("the planted fault was found", errors, StringComparison.Ordinal);
        Assert.Contains("FAILED self-test: ", output, StringComparison.Ordinal);
        var command = ReplayCommand().Match(output);
        Assert.True(command.Success, output);

        (code, _, errors) = await FuzzAsync("self-test", "--replay", Repository.PathOf(command.Groups["file"].Value));

        Assert.Equal(1, code);
        Assert.Contains("the planted fault was found", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_assembly_of_the_program_tells_its_branches()
    {
        var (code, output, errors) = await FuzzAsync("list");
        Assert.True(code == 0, output + errors);

        var built = Repository.PathOf("artifacts/bin/Heliograph.Fuzz/debug");
        var names = Directory.GetFiles(built, "*.dll")
            .Select(static file => Path.GetFileName(file))
            .Where(static name => name.StartsWith("Heliograph", StringComparison.OrdinalIgnoreCase))
            .ToList();
        Assert.Contains("Heliograph.Platform.dll", names);
        var rewritten = names.Where(name =>
            !File.ReadAllBytes(Path.Combine(built, name)).AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(Repository.PathOf("artifacts/fuzz/debug"), name))));
        Assert.Equal(names, rewritten);
    }

    /// <summary>Seeds, and inputs of faults that were mended.</summary>
    [Fact]
    public async Task No_committed_input_of_any_target_shows_a_fault()
    {
        var (_, list, _) = await FuzzAsync("list");
        var targets = list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0]).ToList();
        var folders = Directory.GetDirectories(Corpora)
            .Select(static folder => Path.GetFileName(folder))
            .Except(["self-test"], StringComparer.Ordinal);
        Assert.Equal(folders.Order(StringComparer.Ordinal), targets.Order(StringComparer.Ordinal));

        foreach (var target in targets)
        {
            var (code, output, errors) = await FuzzAsync([target, "--replay", .. Directory.GetFiles(Path.Combine(Corpora, target))]);
            Assert.True(code == 0, output + errors);
        }
    }

    [Theory]
    [InlineData("there is no target 'htttp1'; ./bench/fuzz list names them", "htttp1")]
    [InlineData("'soon' are no minutes; see ./bench/fuzz --help", "http1", "soon")]
    [InlineData("'0' are no minutes; see ./bench/fuzz --help", "http1", "0")]
    [InlineData("'1 2' are no minutes; see ./bench/fuzz --help", "all", "1", "2")]
    [InlineData("--replay needs the files to replay", "http1", "--replay")]
    [InlineData("/no/such/file cannot be read", "http1", "--replay", "/no/such/file")]
    public async Task Bad_usage_exits_2(string expected, params string[] arguments)
    {
        var (code, _, errors) = await FuzzAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> FuzzAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Repository.PathOf("bench/fuzz"), arguments, Limit, environment: Environment);

    [GeneratedRegex(
        @"^Replay it with: \./bench/fuzz self-test --replay (?<file>\S+)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReplayCommand();
}
