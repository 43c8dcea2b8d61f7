using System.Text.Json;

namespace Heliograph.PackageTool;

/// <summary>A package as NuGet's lock files name it.</summary>
// IsBuildOnly: used to build the program, and not part of it.
internal sealed record LockedPackage(string Name, string Version, string ContentHash, IReadOnlyList<string> Dependencies, bool IsBuildOnly);

/// <summary>What <c>packages.lock.json</c> and <c>packages.native.lock.json</c> of the shipped projects say.</summary>
internal static class LockFile
{
    // Analyzers and the two compilers' packages. Everything else counts as shipped, so that a package missing here is listed rather
    // than left out.
    private static readonly string[] BuildOnly =
        ["Meziantou.Analyzer", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];

    /// <summary>Every package of every lock file below a directory, each version once, ordered by name.</summary>
    public static IReadOnlyList<LockedPackage> ReadAll(string directory) =>
        [.. Directory.EnumerateFiles(directory, "packages*.lock.json", SearchOption.AllDirectories)
            .SelectMany(Read)
            .GroupBy(static package => (package.Name, package.Version))
            .Select(static same => same.MaxBy(static package => package.Dependencies.Count)!)
            .OrderBy(static package => package.Name, StringComparer.Ordinal)
            .ThenBy(static package => package.Version, StringComparer.Ordinal)];

    private static IEnumerable<LockedPackage> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var framework in document.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            foreach (var entry in framework.Value.EnumerateObject())
            {
                if (entry.Value.GetProperty("type").GetString() != "Project")
                    yield return Package(entry);
            }
        }
    }

    private static LockedPackage Package(JsonProperty entry)
    {
        string[] dependencies = entry.Value.TryGetProperty("dependencies", out var names)
            ? [.. names.EnumerateObject().Select(static name => name.Name).Order(StringComparer.Ordinal)]
            : [];
        return new(
            entry.Name,
            entry.Value.GetProperty("resolved").GetString()!,
            entry.Value.GetProperty("contentHash").GetString()!,
            dependencies,
            BuildOnly.Contains(entry.Name, StringComparer.OrdinalIgnoreCase));
    }
}
