using System.Globalization;
using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>Who reads the documents of a package has no repository beside them.</summary>
public sealed partial class PackedDocumentTests(Packages packages)
{
    [Fact]
    public void Every_link_in_the_tarball_leads_to_a_file_in_it() => AssertComplete(packages.Native);

    [Fact]
    public void Every_link_in_the_portable_tarball_leads_to_a_file_in_it() => AssertComplete(packages.Portable);

    [Fact]
    public async Task Every_link_in_the_deb_leads_to_a_file_in_it()
    {
        using var unpacked = await UnpackAsync();
        AssertComplete(unpacked["usr/share/doc/heliograph"]);
    }

    [Fact]
    public async Task The_packages_name_an_address_of_the_project_where_they_name_its_makers()
    {
        var (mail, repository) = (await AddressAsync("mail"), await AddressAsync("repository"));
        Assert.Equal(
            $"Maintainer: The Heliograph developers <{mail}>\nHomepage: {repository}\n",
            await Tool.RunAsync("dpkg-deb", "--field", Packages.Deb, "Maintainer", "Homepage"));
        var manual = await File.ReadAllTextAsync(Path.Combine(packages.Native, "heliograph.1"), Tool.Token);
        Assert.Contains($"\n{repository}/issues\n", manual.Replace("\\-", "-", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>Within a tenth.</summary>
    [Fact]
    public void The_size_of_the_program_that_the_documents_say_is_true()
    {
        var megabytes = new FileInfo(Path.Combine(packages.Native, "heliograph")).Length / 1e6;
        var said = new[] { "CHANGELOG.md", "docs/operating/install.md" }
            .Select(static file => Sizes().Match(File.ReadAllText(Repository.PathOf(file))).Groups["size"].Value).ToList();
        Assert.All(said, size => Assert.InRange(
            double.Parse(size, CultureInfo.InvariantCulture), megabytes * 0.9, megabytes * 1.1));
    }

    [Fact]
    public async Task Every_path_of_a_document_that_a_file_of_the_deb_names_is_in_it()
    {
        using var unpacked = await UnpackAsync();
        var manual = await Tool.RunAsync("gzip", "-dc", unpacked["usr/share/man/man1/heliograph.1.gz"]);
        string[] texts =
        [
            manual.Replace("\\-", "-", StringComparison.Ordinal),
            .. Directory.EnumerateFiles(unpacked.Path, "*.*", SearchOption.AllDirectories)
                .Where(static path => Path.GetExtension(path) is ".md" or ".yaml" or ".service" or ".socket")
                .Select(File.ReadAllText),
        ];
        var named = texts.SelectMany(static text => Paths().Matches(text)).Select(static match => match.Value[1..].TrimEnd('.')).Distinct();
        Assert.Contains("usr/share/doc/heliograph/docs/operating/systemd.md", named);
        Assert.All(named, path => Assert.True(Path.Exists(unpacked[path]), $"/{path} is not in the package"));
    }

    private static void AssertComplete(string root)
    {
        string[] documents = [.. Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories)];
        Assert.Equal(
            Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
                .Select(static path => Path.GetRelativePath(Repository.PathOf(""), path)).Order(StringComparer.Ordinal),
            documents.Select(path => Path.GetRelativePath(root, path))
                .Where(static path => path.StartsWith("docs/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(documents, document => MarkdownLinks.AssertResolve(root, document));
        Assert.All(
            ["packaging/monitoring/heliograph.dashboard.json", "packaging/monitoring/heliograph.rules.yml", "docs/pictures/init.svg"],
            file => Assert.True(File.Exists(Path.Combine(root, file)), file));
        // What a package lacks is in the repository, at this version.
        var elsewhere = documents.SelectMany(static document => OnTheWeb().Matches(File.ReadAllText(document))).ToList();
        Assert.NotEmpty(elsewhere);
        Assert.All(elsewhere, static link =>
        {
            Assert.Equal(Packages.Version, link.Groups["version"].Value);
            Assert.True(Path.Exists(Repository.PathOf(link.Groups["path"].Value)), link.Value);
        });
    }

    private static async Task<TempDirectory> UnpackAsync()
    {
        var unpacked = new TempDirectory();
        await Tool.RunAsync("dpkg-deb", "--extract", Packages.Deb, unpacked.Path);
        return unpacked;
    }

    private static async Task<string> AddressAsync(string name) => (await Tool.RunAsync(Repository.PathOf("eng/addresses"), name)).Trim();

    [GeneratedRegex(@"/usr/share/doc/heliograph[\w./-]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Paths();

    [GeneratedRegex(@"/heliograph/blob/v(?<version>[^/]+)/(?<path>[^)#\s]+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnTheWeb();

    [GeneratedRegex(@"executable[^(|]*\((?<size>[\d.]+) MB\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sizes();
}
