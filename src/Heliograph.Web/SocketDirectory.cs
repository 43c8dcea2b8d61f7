using System.Text;

namespace Heliograph.Web;

/// <summary>
/// The directory with the decoy's sockets, closed to other users. If the configured path is too long for a socket address, a
/// temporary directory is used instead and removed at the end.
/// </summary>
internal sealed class SocketDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The longest path that fits <c>sockaddr_un.sun_path</c> with its terminating zero (unix(7)).</summary>
    private const int LongestPath = 107;

    private readonly string path;
    private readonly bool isTemporary;
    private readonly List<string> sockets = [];

    private SocketDirectory(string path, bool isTemporary)
    {
        this.path = path;
        this.isTemporary = isTemporary;
    }

    public static SocketDirectory Prepare(string wanted, int longestName)
    {
        var full = Path.GetFullPath(wanted);
        try
        {
            if (Encoding.UTF8.GetByteCount(full) + 1 + longestName > LongestPath)
                return new(Directory.CreateTempSubdirectory("heliograph-").FullName, isTemporary: true);
            // Another program may have left the directory open to others, so its mode is set explicitly.
            Directory.CreateDirectory(full, OwnerOnly);
            File.SetUnixFileMode(full, OwnerOnly);
            return new(full, isTemporary: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WebServerException(
                $"The directory {full} for the decoy's sockets cannot be made private to this user ({exception.Message}); " +
                "choose a directory that this user owns.",
                exception);
        }
    }

    /// <summary>The path for a socket; removes what an earlier run left there.</summary>
    public string Claim(string name)
    {
        var socket = Path.Combine(path, name);
        File.Delete(socket);
        sockets.Add(socket);
        return socket;
    }

    public void Dispose()
    {
        try
        {
            foreach (var socket in sockets)
                File.Delete(socket);
            if (isTemporary)
                Directory.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run removes a socket left behind.
        }
    }
}
