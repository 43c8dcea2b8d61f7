using System.Runtime.InteropServices;

namespace Heliograph.Platform;

/// <summary>A file's owner. Root creates files that a service must read; the base library can neither read nor set an owner.</summary>
/// <param name="User">The user ID.</param>
/// <param name="Group">The group ID.</param>
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct FileOwner(uint User, uint Group)
{
    /// <summary>AT_FDCWD of openat(2).</summary>
    private const int CurrentDirectory = -100;

    /// <summary>STATX_UID | STATX_GID of statx(2), the one call whose structure is the same on every processor.</summary>
    private const uint WantedFields = 0x18;
    private const int StatxSize = 256;
    private const int StatxUser = 20;
    private const int StatxGroup = 24;

    /// <summary>Null if the file does not exist or cannot be examined.</summary>
    public static unsafe FileOwner? OfPath(string path)
    {
        var statx = stackalloc byte[StatxSize];
        return Statx(CurrentDirectory, path, 0, WantedFields, statx) == 0
            ? new(*(uint*)(statx + StatxUser), *(uint*)(statx + StatxGroup))
            : null;
    }

    /// <summary>Gives this owner a file or a directory; does not follow a link. Only root may.</summary>
    public bool TryGive(string path) => ChangeOwner(path, User, Group) == 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
