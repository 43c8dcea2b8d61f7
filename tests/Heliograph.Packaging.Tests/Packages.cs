using System.Text.RegularExpressions;
using Heliograph.Testing;

[assembly: AssemblyFixture(typeof(Heliograph.Packaging.Tests.Packages))]

namespace Heliograph.Packaging.Tests;

/// <summary>The packages that <c>./eng/package</c> builds from this tree, built once for all tests.</summary>
public sealed partial class Packages : IAsyncLifetime
{
    private readonly TempDirectory unpacked = new();

    /// <summary>The directory of the files.</summary>
    public static string Output { get; } = Repository.PathOf("artifacts/packaging-tests/out");

    public static string Version { get; } =
        VersionElement().Match(File.ReadAllText(Repository.PathOf("Directory.Build.props"))).Groups["version"].Value;

    public static string Deb => Path.Combine(Output, $"heliograph_{Version}_amd64.deb");

    public static string Sbom => Path.Combine(Output, $"heliograph-{Version}.cdx.json");

    /// <summary>The tarball, unpacked.</summary>
    public string Native => Path.Combine(unpacked.Path, $"heliograph-{Version}-linux-x64");

    /// <summary>The portable build, unpacked.</summary>
    public string Portable => Path.Combine(unpacked.Path, $"heliograph-{Version}-portable");

    public async ValueTask InitializeAsync()
    {
        if (Directory.Exists(Output))
            Directory.Delete(Output, recursive: true);
        await BuildAsync(Repository.PathOf(""), Output);
        foreach (var tarball in Directory.EnumerateFiles(Output, "*.tar.gz"))
            await Tool.RunAsync("tar", "-xzf", tarball, "-C", unpacked.Path);
    }

    public ValueTask DisposeAsync()
    {
        unpacked.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Everything except the container, whose build needs a base image.</summary>
    internal static Task<string> BuildAsync(string repository, string output, IReadOnlyDictionary<string, string?>? environment = null) =>
        Tool.RunAsync(
            Tool.Build, environment, Path.Combine(repository, "eng", "package"), "--only", "tarball,portable,deb", "--output", output);

    [GeneratedRegex("<Version>(?<version>.*)</Version>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionElement();
}
