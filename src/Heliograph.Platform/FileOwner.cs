using System.Runtime.InteropServices;

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

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
