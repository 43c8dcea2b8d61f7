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

    /// <summary>The same, with what to do about a directory on the way that this user may not enter.</summary>
    public static string Describe(Exception exception, string path)
    {
        if (exception is not UnauthorizedAccessException || FindClosedDirectory(path) is not { } closed)
            return Describe(exception);
        var (user, above) = (Environment.UserName, Path.GetDirectoryName(closed));
        return Path.GetFileName(closed) is "live" or "archive"
            ? $"permission denied: only its owner may enter {closed}, as certbot makes it; give the group {user} access, which certbot " +
            $"keeps from then on: cd {above} && chgrp -R {user} live archive && chmod 750 live archive && chmod 640 archive/*/privkey*.pem"
            : $"permission denied: user {user} may not enter {closed}";
    }

    /// <summary>
    /// The first directory on the way to a file that this user may not enter. certbot's <c>live</c> and <c>archive</c> are such (mode
    /// 0700); the one has symbolic links into the other.
    /// </summary>
    private static string? FindClosedDirectory(string path)
    {
        path = Path.GetFullPath(path);
        if (FindFirst(path) is { } closed)
            return closed;
        return new FileInfo(path).LinkTarget is { } target ? FindFirst(Path.GetFullPath(target, Path.GetDirectoryName(path)!)) : null;

        static string? FindFirst(string path)
        {
            var parent = Path.GetDirectoryName(path);
            if (parent is null)
                return null;
            if (FindFirst(parent) is { } above)
                return above;
            try
            {
                // Looking at what is in a directory takes the right to enter the directory, and no other.
                File.GetUnixFileMode(path);
                return null;
            }
            catch (UnauthorizedAccessException)
            {
                return parent;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
