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
        return DescribeClosed(closed, Environment.UserName, hasServiceGroup: ServiceGroup.Find() is not null);
    }

    /// <param name="closed">The directory.</param>
    /// <param name="user">Who may not enter it.</param>
    /// <param name="hasServiceGroup">Whether the machine has the service's group. Then nobody else gets access to the keys.</param>
    public static string DescribeClosed(string closed, string user, bool hasServiceGroup)
    {
        if (Path.GetFileName(closed) is not ("live" or "archive"))
            return $"permission denied: user {user} may not enter {closed}";
        var group = hasServiceGroup ? ServiceGroup.Name : user;
        // One shell as root: the caller's own could not expand the pattern.
        return $"permission denied: only its owner may enter {closed}, as certbot makes it; " +
            (group == user ? "" : "use sudo for this command, and for the service ") +
            $"give the group {group} access, which certbot keeps from then on: {Sudo.Prefix}sh -c 'cd {Path.GetDirectoryName(closed)} && " +
            $"chgrp -R {group} live archive && chmod 750 live archive && chmod 640 archive/*/privkey*.pem'";
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
