namespace Heliograph.Testing;

/// <summary>Compares a text with a file beside the tests, so that a change of what people read is seen in review.</summary>
/// <remarks>HELIOGRAPH_UPDATE_GOLDEN=1 writes the files anew instead.</remarks>
public static class Golden
{
    private const string Switch = "HELIOGRAPH_UPDATE_GOLDEN";

    /// <param name="file">The file's path from the root of the repository.</param>
    /// <param name="actual">The text that is to equal it.</param>
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
                $"{file} differs from what there is now; if the change is meant, run the tests once with {Switch}=1. There is " +
                $"now:\n{actual}");
        }
    }
}
