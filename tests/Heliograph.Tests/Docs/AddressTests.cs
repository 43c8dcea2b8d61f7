using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>
/// The addresses of the project stand in Directory.Build.props. Every copy of them is the same, and one command changes all.
/// </summary>
public sealed partial class AddressTests : IDisposable
{
    private static readonly string Root = Repository.PathOf("");

    private readonly TempDirectory copy = new();

    public void Dispose() => copy.Dispose();

    [Fact]
    public void No_file_has_another_address_of_the_project() => AssertOnlyOurs(Root);

    [Fact]
    public async Task One_command_sets_an_address_everywhere()
    {
        foreach (var file in Files(Root))
        {
            var to = copy[Path.GetRelativePath(Root, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        await SetAsync("repository", "https://git.example/people/heliograph");
        await SetAsync("image", "registry.example:5000/people/heliograph");
        await SetAsync("apt", "https://people.example/apt");
        await SetAsync("mail", "people@mail.example");

        AssertOnlyOurs(copy.Path);
        Assert.Contains("registry.example:5000/people/heliograph:", await ReadAsync("packaging/container/compose.yaml"),
            StringComparison.Ordinal);
        Assert.Contains("https://people.example/apt", await ReadAsync("README.md"), StringComparison.Ordinal);
        Assert.Contains("@people/maintainers", await ReadAsync(".github/CODEOWNERS"), StringComparison.Ordinal);
        Assert.Equal(
            (1, "addresses: repository cannot be github.com/people; see ./eng/addresses --help\n"),
            await RunAsync("repository", "github.com/people"));
        Assert.Equal(
            (1, "addresses: there is no address list; there are repository, image, apt and mail\n"), await RunAsync("list"));
    }

    [Fact]
    public void A_document_that_names_a_release_names_the_version_that_is_built()
    {
        var version = Property(Root, "Version");
        string[] files = [.. Files(Root).Where(static file => Path.GetExtension(file) is ".md" or ".yaml")];
        var named = files.SelectMany(static file => Versions().Matches(File.ReadAllText(file))
            .Select(match => (file, match.Groups["version"].Value))).ToList();
        Assert.Contains(named, static one => one.file.EndsWith("README.md", StringComparison.Ordinal));
        Assert.All(named, one => Assert.Equal((one.file, version), one));
    }

    private static void AssertOnlyOurs(string root)
    {
        var (repository, image, apt, mail) = (
            Property(root, "ProjectRepository"), Property(root, "ProjectImage"), Property(root, "ProjectAptRepository"),
            Property(root, "ProjectMail"));
        var owner = repository.Split('/')[^2];
        Assert.All(Files(root), file => Assert.All(
            Addresses().Matches(File.ReadAllText(file)).Select(static match => match.Value)
                .Where(static address => !address.Contains("OWNER", StringComparison.Ordinal)),
            address => Assert.True(
                address == repository || address == image || address == mail || address == apt || address == $"@{owner}/maintainers",
                $"{Path.GetRelativePath(root, file)} has {address}, which Directory.Build.props does not; see ./eng/addresses --help")));
    }

    private static string Property(string root, string name) =>
        Regex.Match(
            File.ReadAllText(Path.Combine(root, "Directory.Build.props")), $"<{name}>(?<value>.*)</{name}>", RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)).Groups["value"].Value;

    /// <summary>What is committed, without what is built or downloaded, and without this test.</summary>
    private static IEnumerable<string> Files(string root) =>
        new[] { ".devcontainer", ".github", "bench", "docs", "eng", "packaging", "src", "tests" }
            .SelectMany(directory => Directory.EnumerateFiles(Path.Combine(root, directory), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(root))
            .Where(static file => Path.GetFileName(file) != "AddressTests.cs" && !Built().IsMatch(file));

    private async Task SetAsync(string name, string value) => Assert.Equal((0, ""), await RunAsync(name, value));

    private async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        var (code, _, errors) = await ChildProcess.RunAsync(copy["eng/addresses"], arguments, TimeSpan.FromSeconds(60), copy.Path);
        return (code, errors);
    }

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(copy[file], TestContext.Current.CancellationToken);

    /// <summary>What could be an address of this project: its repository, image, apt repository, mail, team, or a made-up place.</summary>
    [GeneratedRegex(
        @"(https://)?\b(?![\w.-]*\bgithub\.io)[\w.-]*git[\w.-]*\.\w+/[\w.-]+/heliograph\b"
        + @"|\b[\w.-]+(:\d+)?/[\w.-]+/heliograph(?=[:@][\w$])"
        + @"|\bghcr\.io/(?!devcontainers/)[\w./-]+"
        + @"|(https://)?\b(?!jedisct1\.)[\w-]+\.github\.io(/[\w-]+)?"
        + @"|(https://)?[\w.-]*\bexample\.\w+/\S*(heliograph|releases/(download|latest))\S*"
        + @"|\b[\w.+-]*heliograph[\w.+-]*@(localhost|[\w-]+(\.[\w-]+)+)"
        + @"|@[\w-]+/maintainers",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex Addresses();

    [GeneratedRegex(
        @"/releases/download/v(?<version>\d[\w.]*)|\bheliograph[-_](?<version>\d+\.\d+\.\d+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Versions();

    [GeneratedRegex(@"/(artifacts|bin|obj|node_modules)/", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Built();
}
