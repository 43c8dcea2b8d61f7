namespace Heliograph;

/// <summary>Why a file cannot be used, in a few words that do not repeat its path.</summary>
internal static class FileProblem
{
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "permission denied",
        PathTooLongException => "the path is too long",
        // "Read-only file system : '/path'": the caller has named the path already.
        IOException => exception.Message.Split(" : '")[0],
        _ => exception.Message,
    };
}
