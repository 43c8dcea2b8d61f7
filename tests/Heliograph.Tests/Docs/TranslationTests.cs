using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Heliograph.Sharing;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>
/// Each translated page says which version of the English one it follows: the start of its SHA-256, with every run of white space as one
/// space, so that a line may be broken elsewhere.
/// </summary>
public sealed partial class TranslationTests
{
    private const string List = "docs/translations.md";
    private const string UserPages = "docs/users/";
    private const string Start = "<!-- table -->\n";

    /// <summary>Every page that is a translation, and the page that it translates.</summary>
    private static readonly Dictionary<string, string> Pages = new[] { "docs", "docs/operating", "docs/users" }
        .SelectMany(static directory => Directory.EnumerateFiles(Repository.PathOf(directory), "*.md"))
        .Select(static path => (Path: Path.GetRelativePath(Repository.PathOf(""), path), Follows: Marker().Match(File.ReadAllText(path))))
        .Where(static page => page.Follows.Success)
        .OrderBy(static page => page.Path, StringComparer.Ordinal)
        .ToDictionary(
            static page => page.Path,
            static page => Path.GetRelativePath(
                Repository.PathOf(""),
                Path.GetFullPath(page.Follows.Groups["page"].Value, Path.GetDirectoryName(Repository.PathOf(page.Path))!)),
            StringComparer.Ordinal);

    public static TheoryData<string> UserLanguages => [.. ShareLanguages.Codes.Where(static code => code != "en")];

    public static TheoryData<string> OperatorLanguages => ["fa", "ru", "zh"];

    public static TheoryData<string> OperatorPages =>
        [.. Pages.Keys.Where(static page => !page.StartsWith(UserPages, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(UserLanguages))]
    public void A_page_for_users_has_the_sections_of_the_English_one_and_as_many_steps(string code)
    {
        Assert.Equal(Shape("docs/users/en.md"), Shape($"{UserPages}{code}.md"));
        Assert.Equal("docs/users/en.md", Pages[$"{UserPages}{code}.md"]);
    }

    [Theory]
    [MemberData(nameof(UserLanguages))]
    public void A_page_for_users_follows_the_English_one_as_it_is(string code)
    {
        var (page, now) = ($"{UserPages}{code}.md", Version("docs/users/en.md"));
        Assert.True(
            Followed(page) == now,
            $"{page} follows version {Followed(page)} of docs/users/en.md, which is now {now}: " +
            $"bring the page up to date, then write {now}");
    }

    [Theory]
    [MemberData(nameof(UserLanguages))]
    public void A_page_for_users_names_the_menus_as_the_message_does(string code)
    {
        var (text, texts) = (File.ReadAllText(Repository.PathOf($"{UserPages}{code}.md")), ShareLanguages.Find(code)!);
        // The first word is the kind of phone.
        var menus = new[] { texts.Android, texts.Phone }.SelectMany(static way => way.Split(['→', '←', ':', '：', '-'])[1..]);
        Assert.All(menus, menu => Assert.Contains($"**{menu.Trim()}**", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(OperatorLanguages))]
    public void Operators_have_the_readme_and_the_first_steps(string code)
    {
        Assert.Equal("README.md", Pages[$"docs/README.{code}.md"]);
        Assert.Equal("docs/operating/first-steps.md", Pages[$"docs/operating/first-steps.{code}.md"]);
        Assert.Equal(Shape("docs/README.fa.md"), Shape($"docs/README.{code}.md"));
        Assert.Equal(Shape("docs/operating/first-steps.fa.md"), Shape($"docs/operating/first-steps.{code}.md"));
    }

    [Theory]
    [MemberData(nameof(OperatorLanguages))]
    public void Operators_read_the_same_commands_in_every_language(string code)
    {
        foreach (var page in new[] { "docs/README", "docs/operating/first-steps" })
            Assert.Equal(Commands($"{page}.fa.md"), Commands($"{page}.{code}.md"));
    }

    [Theory]
    [MemberData(nameof(OperatorPages))]
    public void A_page_for_operators_that_is_not_behind_has_the_headings_the_commands_and_the_links_of_the_English_one(string page)
    {
        var english = Pages[page];
        Assert.SkipWhen(Followed(page) != Version(english), $"{page} is behind {english}");
        Assert.Equal(Outline(english), Outline(page));
        Assert.Equal(Commands(english), Commands(page));
        Assert.Empty(LinksToOthers(english).Except(LinksToOthers(page), StringComparer.Ordinal));
    }

    [Fact]
    public void Every_translation_names_a_version_as_the_list_has_it() =>
        Assert.All(Pages.Keys, static page => Assert.Matches("^[0-9a-f]{12}$", Followed(page)));

    [Fact]
    public void Every_translation_is_listed_with_what_it_follows()
    {
        var page = File.ReadAllText(Repository.PathOf(List));
        var table = new StringBuilder("| Page | Follows | Its version then | Now |\n|---|---|---|---|\n");
        foreach (var (path, english) in Pages)
        {
            var state = Followed(path) == Version(english) ? "the same" : $"{Version(english)}: **behind**";
            table.Append($"| [{Path.GetFileName(path)}]({FromDocs(path)}) | [{Path.GetFileName(english)}]({FromDocs(english)}) | ")
                .Append($"{Followed(path)} | {state} |\n");
        }
        Golden.Check(List, page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)] + "\n" + table);
    }

    private static string FromDocs(string path) => Path.GetRelativePath("docs", path);

    private static string Followed(string page) => Marker().Match(File.ReadAllText(Repository.PathOf(page))).Groups["version"].Value;

    private static string Version(string english)
    {
        var text = WhiteSpace().Replace(File.ReadAllText(Repository.PathOf(english)), " ").Trim();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }

    /// <summary>The anchor before each heading, and how many list items follow.</summary>
    private static IReadOnlyList<string> Shape(string page)
    {
        var text = File.ReadAllText(Repository.PathOf(page));
        var sections = Anchors().Matches(text);
        Assert.NotEmpty(sections);
        Assert.Equal(Headings().Count(text), sections.Count);
        return [.. sections.Select((section, index) =>
        {
            var end = index + 1 < sections.Count ? sections[index + 1].Index : text.Length;
            return $"{section.Groups["id"].Value}: {Items().Count(text[section.Index..end])}";
        })];
    }

    /// <summary>The level of each heading.</summary>
    private static IReadOnlyList<string> Outline(string page) => [.. Levels().Matches(Prose(page)).Select(static match => match.Value)];

    /// <summary>The commands without the comments behind them, which are translated.</summary>
    private static IReadOnlyList<string> Commands(string page)
    {
        IReadOnlyList<string> commands = [.. CommandLines().Matches(Prose(page)).Select(static match => match.Groups["command"].Value)];
        Assert.NotEmpty(commands);
        return commands;
    }

    /// <summary>Where a page leads to, in English: files from the root of the repository.</summary>
    private static IReadOnlyList<string> LinksToOthers(string page) =>
    [
        .. Links().Matches(Prose(page)).Select(match =>
        {
            var (file, heading) = (match.Groups["file"].Value, match.Groups["heading"].Value);
            if (file.StartsWith("https:", StringComparison.Ordinal))
                return file + heading;
            var path = Path.GetRelativePath(
                Repository.PathOf(""), Path.GetFullPath(file, Path.GetDirectoryName(Repository.PathOf(page))!));
            return Pages.GetValueOrDefault(path, path) + heading;
        }),
    ];

    /// <summary>A page without its drawings, lists of files and examples of configuration, whose words are translated.</summary>
    private static string Prose(string page) => Fences().Replace(File.ReadAllText(Repository.PathOf(page)), "");

    [GeneratedRegex(@"\A<!-- Follows (?<page>\S+), (?<version>\S+) -->\n", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Marker();

    [GeneratedRegex(@"\s+", RegexOptions.None, 10_000)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("^<a id=\"(?<id>[a-z-]+)\"></a>\n\n## ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Anchors();

    [GeneratedRegex("^## ", RegexOptions.Multiline, 10_000)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^([0-9]\.|-) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Items();

    [GeneratedRegex("^##+(?= )", RegexOptions.Multiline, 10_000)]
    private static partial Regex Levels();

    [GeneratedRegex("^ {4,}(?<command>.+?)( +# .*)?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex CommandLines();

    [GeneratedRegex(@"\]\((?<file>[^)\s#]+)(?<heading>#[^)\s]+)?\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Links();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Fences();
}
