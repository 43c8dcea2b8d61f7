using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The .deb that was built, as other versions.</summary>
internal static class OtherVersions
{
    public static string Newer => $"{Packages.Version}+1";

    /// <summary>The same package with the next version number, and a change in every configuration file that it contains.</summary>
    /// <param name="directory">Gets the file.</param>
    public static Task<string> MakeNewerAsync(string directory) =>
        MakeAsync(
            Path.Combine(directory, "newer"),
            Newer,
            static tree =>
            {
                foreach (var file in Directory.EnumerateFiles(tree, "*.yaml", SearchOption.AllDirectories))
                    File.AppendAllText(file, "# A line of the next version.\n");
            });

    /// <summary>The same package as it was when it still contained the configuration.</summary>
    /// <param name="directory">Gets the file.</param>
    public static Task<string> MakeOlderAsync(string directory) =>
        MakeAsync(
            Path.Combine(directory, "older"),
            $"{Packages.Version}~1",
            static tree =>
            {
                var configuration = Directory.CreateDirectory(Path.Combine(tree, "etc/heliograph")).FullName;
                File.Copy(Repository.PathOf("packaging/heliograph.yaml"), Path.Combine(configuration, "heliograph.yaml"));
                File.WriteAllText(Path.Combine(tree, "DEBIAN/conffiles"), "/etc/heliograph/heliograph.yaml\n");
            });

    private static async Task<string> MakeAsync(string tree, string version, Action<string> change)
    {
        await Tool.RunAsync("dpkg-deb", "--raw-extract", Packages.Deb, tree);
        var control = Path.Combine(tree, "DEBIAN/control");
        await File.WriteAllTextAsync(
            control,
            (await File.ReadAllTextAsync(control)).Replace(
                $"Version: {Packages.Version}\n", $"Version: {version}\n", StringComparison.Ordinal));
        change(tree);
        // Compressing it takes minutes on a busy machine.
        await Tool.RunAsync("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, tree + ".deb");
        return tree + ".deb";
    }
}
