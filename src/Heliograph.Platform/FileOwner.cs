using System.Runtime.InteropServices;

namespace Heliograph.Platform;

/// <summary>Whose a file is. Root makes files that a service is to read; the base library can neither ask nor say whose they are.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
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

    /// <summary>Null: it is not there, or cannot be looked at.</summary>
    public static unsafe FileOwner? OfPath(string path)
    {
        var statx = stackalloc byte[StatxSize];
        return Statx(CurrentDirectory, path, 0, WantedFields, statx) == 0 ? new(*(uint*)(statx + StatxUser), *(uint*)(statx + StatxGroup)) : null;
    }

    /// <summary>Makes a file or a directory, not what a link leads to, this owner's. Only root may.</summary>
    public bool TryGive(string path) => ChangeOwner(path, User, Group) == 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
