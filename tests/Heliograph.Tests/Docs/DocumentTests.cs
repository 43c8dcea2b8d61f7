using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>What the documents refer to exists.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Root = Repository.PathOf("");

    private static readonly ILookup<string, string> TestFiles = Directory
        .EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText)
        .SelectMany(static text => TestClasses().Matches(text).Select(match => (Class: match.Groups["class"].Value, Text: text)))
        .ToLookup(static one => one.Class, static one => one.Text, StringComparer.Ordinal);

    public static TheoryData<string> Documents => [.. Directory.EnumerateFiles(Root, "*.md")
        .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Repository.PathOf("packaging"), "*.md", SearchOption.AllDirectories))
        .Select(static path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_points_to_a_file_and_a_heading_in_it(string document) =>
        MarkdownLinks.AssertResolve(Root, Path.Combine(Root, document));

    [Theory]
    [InlineData("docs/adr")]
    [InlineData("docs/operating")]
    public void Every_page_is_in_the_list_of_its_directory(string directory)
    {
        var list = File.ReadAllText(Repository.PathOf($"{directory}/README.md"));
        Assert.All(
            Directory
                .EnumerateFiles(Repository.PathOf(directory), "*.md")
                .Select(Path.GetFileName)
                .Where(static page => page != "README.md"),
            page => Assert.Contains($"]({page})", list, StringComparison.Ordinal));
    }

    /// <summary>A machine on which Heliograph was installed has no docs/operating beside the person who reads a message.</summary>
    [Fact]
    public void Every_page_that_the_program_names_exists_and_is_named_where_an_installed_machine_has_it()
    {
        var code = Directory.EnumerateFiles(Repository.PathOf("src/Heliograph"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)).ToList();
        var named = code.SelectMany(static line => NamedPages().Matches(line)).Select(static match => match.Groups["page"].Value)
            .Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains("unlisted-names.md", named);
        Assert.All(named, static page => Assert.True(File.Exists(Repository.PathOf($"docs/operating/{page}")), page));
        Assert.All(code, static line => Assert.DoesNotMatch("docs/operating/[a-z]", line));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_test_that_is_named_exists(string document) =>
        Assert.All(
            TestNames()
                .Matches(File.ReadAllText(Path.Combine(Root, document)))
                .Select(static match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)),
            static named =>
            {
                Assert.True(TestFiles.Contains(named.Class), $"there is no class {named.Class}");
                Assert.True(
                    TestFiles[named.Class].Any(text => text.Contains($" {named.Method}", StringComparison.Ordinal)),
                    $"{named.Class} has no {named.Method}");
            });

    [GeneratedRegex(@"\{OperatingPages\.Directory\}/(?<page>[\w-]+\.md)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NamedPages();

    [GeneratedRegex("class (?<class>[A-Z][A-Za-z0-9]*Tests)\\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TestClasses();

    [GeneratedRegex("`(?<class>[A-Z][A-Za-z0-9]*Tests)(\\.(?<method>[A-Za-z0-9_]+))?`", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TestNames();
}
