using System.Text.Json;
using System.Text.RegularExpressions;
using Heliograph.Testing;
using YamlDotNet.RepresentationModel;

namespace Heliograph.Tests.Docs;

/// <summary>
/// The files for GitHub, for editors and for development containers. No test can run them:
/// it reads them, and checks that what they name exists.
/// </summary>
public sealed partial class HabitTests
{
    private static readonly string Root = Repository.PathOf("");

    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    private static readonly string[] TestProjects =
    [
        .. Directory.EnumerateDirectories(Repository.PathOf("tests"), "*Tests")
            .Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Files => [.. new[] { ".github", ".vscode", ".devcontainer" }
        .SelectMany(static directory => Directory.EnumerateFiles(Repository.PathOf(directory), "*", SearchOption.AllDirectories))
        .Select(static path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_can_be_read(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root, file));
        if (Path.GetExtension(file) is ".yml" or ".yaml")
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
        }
        else if (Path.GetExtension(file) == ".json")
        {
            using var json = JsonDocument.Parse(text, WithComments);
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        }
        else
        {
            Assert.NotEmpty(text);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_path_of_the_repository_in_them_exists(string file) =>
        Assert.All(
            Paths().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(static match => match.Groups["path"].Value.TrimEnd('.')),
            static path => Assert.True(Path.Exists(Repository.PathOf(path)), $"there is no {path}"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_command_of_the_test_script_in_them_is_in_its_help(string file)
    {
        var help = File.ReadAllText(Repository.PathOf("test"));
        Assert.All(
            TestCommands().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(static match => match.Groups["command"].Value),
            command => Assert.Contains($"\n  ./test {command} ", help, StringComparison.Ordinal));
    }

    [Fact]
    public void The_test_script_knows_every_test_project()
    {
        var script = File.ReadAllText(Repository.PathOf("test"));

        var names = ProjectNames().Matches(script).Select(static match => match.Groups["name"].Value);
        Assert.Equal(TestProjects, names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_test_project_can_be_picked_in_the_debugger()
    {
        using var launch = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(".vscode/launch.json")), WithComments);

        var project = launch.RootElement.GetProperty("inputs").EnumerateArray()
            .Single(static input => input.GetProperty("id").GetString() == "project");
        Assert.Equal(
            TestProjects,
            project.GetProperty("options").EnumerateArray().Select(static option => option.GetString()!).Order(StringComparer.Ordinal));
    }

    /// <summary>Below one of the repository's directories, or a file of its root. Build output, in artifacts, need not exist.</summary>
    [GeneratedRegex(
        @"(?<![\w./:@}-])(\./)?(?<path>(src|tests|eng|docs|bench|packaging|\.ci|\.github|\.vscode|\.devcontainer)/[\w./-]+"
        + @"|[A-Z][\w.]*\.(md|slnx|props)|global\.json)",
        RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Paths();

    [GeneratedRegex(@"\./test (?<command>[a-z]+)\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TestCommands();

    [GeneratedRegex(@"\) echo (?<name>Heliograph\.[\w.]*Tests) ;;", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ProjectNames();
}
