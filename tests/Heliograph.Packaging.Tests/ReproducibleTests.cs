using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>Building a commit again gives the published bytes.</summary>
public sealed class ReproducibleTests
{
    [Fact]
    public async Task A_build_in_another_directory_gives_the_same_bytes()
    {
        using var elsewhere = new TempDirectory();
        var tree = elsewhere["a/deeper/place"];
        Directory.CreateDirectory(tree);
        // The current files, including uncommitted changes, without the repository; commit and time are passed in.
        await Tool.RunAsync("bash", "-c", $"git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t '{tree}'");
        var output = elsewhere["out"];
        await Packages.BuildAsync(
            tree,
            output,
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["HELIOGRAPH_REVISION"] = (await Tool.RunAsync("git", "rev-parse", "HEAD")).Trim(),
                ["SOURCE_DATE_EPOCH"] = (await Tool.RunAsync("git", "log", "-1", "--format=%ct")).Trim(),
            });
        var files = Directory
            .EnumerateFiles(Packages.Output)
            .Select(static path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(files, Directory.EnumerateFiles(output).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.All(
            files,
            file =>
                Assert.True(
                    File.ReadAllBytes(Path.Combine(Packages.Output, file))
                        .AsSpan()
                        .SequenceEqual(File.ReadAllBytes(Path.Combine(output, file))),
                    file + " differs"));
    }
}
