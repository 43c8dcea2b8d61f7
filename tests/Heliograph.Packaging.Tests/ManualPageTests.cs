using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>heliograph(1) says what <c>--help</c> says.</summary>
public sealed partial class ManualPageTests(Packages packages)
{
    [Fact]
    public async Task It_has_every_command_and_option_of_the_help()
    {
        var page = File.ReadAllText(Path.Combine(packages.Native, "heliograph.1")).Replace("\\-", "-", StringComparison.Ordinal);
        var commands = new Queue<string[]>([[]]);
        var seen = 0;
        while (commands.TryDequeue(out var command))
        {
            var help = await Tool.RunAsync(Path.Combine(packages.Native, "heliograph"), [.. command, "--help"]);
            var section = command.Length == 0 ? page : Section(page, string.Join(' ', command));
            foreach (
                var option in Option()
                    .Matches(help)
                    .Select(static match => match.Groups["name"].Value)
                    .Where(option => command.Length == 0 || option is not ("--help" or "--version")))
                Assert.True(
                    Regex.IsMatch(section, $@"(^| ){Regex.Escape(option)}( |$)", RegexOptions.Multiline, TimeSpan.FromSeconds(5)),
                    $"{string.Join(' ', command)}: {option} is missing in the page");
            foreach (var sub in Subcommands(help))
                commands.Enqueue([.. command, sub]);
            seen++;
        }
        Assert.InRange(seen, 5, 100);
        Assert.Equal(seen - 1, Regex.Count(page, "^\\.SS ", RegexOptions.Multiline, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Groff_gives_no_warning()
    {
        var (code, _, errors) = await ChildProcess.RunAsync(
            "groff", ["-man", "-ww", "-Tutf8", Path.Combine(packages.Native, "heliograph.1")], TimeSpan.FromSeconds(30));
        Assert.Equal((0, ""), (code, errors));
    }

    private static string Section(string page, string command)
    {
        var start = page.IndexOf($".SS heliograph {command}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{command} is missing in the page");
        var end = page.IndexOf("\n.S", start + 1, StringComparison.Ordinal);
        return page[start..(end < 0 ? page.Length : end)];
    }

    private static IEnumerable<string> Subcommands(string help)
    {
        var start = help.IndexOf("\nCommands:\n", StringComparison.Ordinal);
        return start < 0 ? [] : help[(start + 11)..].Split('\n').TakeWhile(static line => line.StartsWith("  ", StringComparison.Ordinal))
            .Where(static line => line.Length > 2 && line[2] != ' ').Select(static line => line.Trim().Split(' ')[0]);
    }

    [GeneratedRegex(@"^  (?:-\w, )*(?:-\?, )?(?<name>--[\w-]+)", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Option();
}
