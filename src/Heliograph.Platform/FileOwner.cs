using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Platform;

/// <summary>A file's owner. Root creates files that a service must read; the base library can neither read nor set an owner.</summary>
/// <param name="User">The user ID.</param>
/// <param name="Group">The group ID.</param>
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct FileOwner(uint User, uint Group)
{
    /// <summary>Null if the file does not exist or cannot be examined.</summary>
    public static FileOwner? OfPath(string path) => FileStatus.OfPath(path) is { } status ? new(status.User, status.Group) : null;

    /// <summary>Gives this owner a file or a directory; does not follow a link. Only root may.</summary>
    public bool TryGive(string path) => ChangeOwner(path, User, Group) == 0;

    /// <summary>
    /// Gives this owner a file, or a directory with all that is in it. No link is followed, not even one that somebody puts there
    /// meanwhile.
    /// </summary>
    /// <param name="path">Of what is given.</param>
    /// <param name="depth">How many levels of directories are in it at most.</param>
    public void GiveAll(string path, int depth = 2)
    {
        try
        {
            using var directory = PlainFile.OpenDirectory(path);
            // By the descriptor: the path may lead elsewhere by now.
            var itself = $"/proc/self/fd/{directory.DangerousGetHandle()}";
            ChangeOwner(directory, User, Group);
            foreach (var entry in depth > 0 ? Directory.EnumerateFileSystemEntries(itself) : [])
                GiveAll(entry, depth - 1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is no directory, or cannot be read.
            TryGive(path);
        }
    }

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
