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
        using var unpacked = new TempDirectory();
        await Tool.RunAsync("dpkg-deb", "--extract", Packages.Deb, unpacked.Path);
        AssertComplete(unpacked["usr/share/doc/heliograph"]);
    }

    [Fact]
    public async Task Every_path_of_a_document_that_a_file_of_the_deb_names_is_in_it()
    {
        using var unpacked = new TempDirectory();
        await Tool.RunAsync("dpkg-deb", "--extract", Packages.Deb, unpacked.Path);
        string[] texts =
        [
            (await Tool.RunAsync("gzip", "-dc", unpacked["usr/share/man/man1/heliograph.1.gz"])).Replace("\\-", "-", StringComparison.Ordinal),
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
    }

    [GeneratedRegex(@"/usr/share/doc/heliograph[\w./-]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Paths();
}
