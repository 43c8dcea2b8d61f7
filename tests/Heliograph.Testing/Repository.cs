namespace Heliograph.Testing;

/// <summary>The files beside the code that tests compare it with.</summary>
public static class Repository
{
    /// <param name="file">The path from the root of the repository.</param>
    public static string PathOf(string file) => Path.Combine(Find(), file);

    public static IEnumerable<string> ReadLines(string file) => File.ReadLines(PathOf(file));

    // The compiler maps source paths away for reproducible builds, so the repository is searched for above the built test.
    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Heliograph.slnx")))
                return directory.FullName;
        }
        throw new InvalidOperationException($"there is no Heliograph.slnx above {AppContext.BaseDirectory}");
    }
}
