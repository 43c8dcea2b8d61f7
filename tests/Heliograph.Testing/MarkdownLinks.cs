using System.Text.RegularExpressions;

namespace Heliograph.Testing;

/// <summary>The links of a document in Markdown to the files beside it.</summary>
public static partial class MarkdownLinks
{
    /// <summary>Every link leads to a file or directory below a root, and to a heading or an anchor in it if it names one.</summary>
    public static void AssertResolve(string root, string document) =>
        Assert.All(
            Links().Matches(File.ReadAllText(document)).Select(static match => match.Groups["target"].Value),
            target =>
            {
                var (file, heading) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
                var to = file.Length == 0 ? document : Path.GetFullPath(file, Path.GetDirectoryName(document)!);
                Assert.True(
                    Path.Exists(to) && !Path.GetRelativePath(root, to).StartsWith("..", StringComparison.Ordinal),
                    $"{target}: there is no {to}");
                if (heading is not null)
                    Assert.Contains(heading, AnchorsIn(File.ReadAllText(to)));
            });

    private static IEnumerable<string> AnchorsIn(string text) => Headings()
        .Matches(text).Select(static match => Anchor(match.Groups["text"].Value))
        .Concat(Anchors().Matches(text).Select(static match => match.Groups["id"].Value));

    /// <summary>As GitHub derives it from a heading.</summary>
    private static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Headings();

    [GeneratedRegex("^<a id=\"(?<id>[^\"]+)\"></a>$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Anchors();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NoAnchor();
}
