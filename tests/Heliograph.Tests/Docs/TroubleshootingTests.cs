using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

public sealed partial class TroubleshootingTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/operating/troubleshooting.md"));

    /// <summary>All sources, with texts that are split into several pieces joined again.</summary>
    private static readonly string Source = Pieces()
        .Replace(
            string.Join(
                '\n',
                Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)),
            "")
        .Replace("\\\"", "\"", StringComparison.Ordinal);

    public static TheoryData<string> Messages => [.. Headings().Matches(Page).Select(static match => match.Groups["text"].Value)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_program_can_write_what_the_page_explains(string message)
    {
        foreach (var part in message.Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            Assert.Contains(part, Source, StringComparison.Ordinal);
    }

    [GeneratedRegex("\" \\+\\n *\\$?\"", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Pieces();

    /// <summary>A heading that consists of a message only, unlike a command within a sentence.</summary>
    [GeneratedRegex("^### `(?<text>[^`]+)`$", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Headings();
}
