namespace Heliograph.Testing;

/// <summary>Compares a text with a file beside the tests, so that a change in what people read shows up in review.</summary>
/// <remarks>HELIOGRAPH_UPDATE_GOLDEN=1 rewrites the files instead.</remarks>
public static class Golden
{
    private const string Switch = "HELIOGRAPH_UPDATE_GOLDEN";

    /// <param name="file">The file's path from the root of the repository.</param>
    /// <param name="actual">The text that must equal it.</param>
    public static void Check(string file, string actual)
    {
        var path = Repository.PathOf(file);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }
        else if (!File.Exists(path) || File.ReadAllText(path) != actual)
        {
            throw new InvalidOperationException(
                $"{file} differs from the current text; if the change is intended, run the tests once with {Switch}=1. " +
                $"The text:\n{actual}");
        }
    }
}
