namespace Heliograph.Compare;

/// <summary>The repository, wherever the comparison is called from.</summary>
internal static class Repository
{
    /// <summary>A path below its root.</summary>
    public static string PathOf(string path)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Heliograph.slnx")))
                return Path.Combine(directory.FullName, path);
        }

        return Path.GetFullPath(path);
    }
}
