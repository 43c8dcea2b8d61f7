using System.Runtime.InteropServices;

namespace Heliograph.Platform;

/// <summary>What the base library does not tell about a file: its owner, and whether it is a pipe. A link is followed.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct FileStatus(uint User, uint Group, bool IsPipe)
{
    /// <summary>AT_FDCWD of openat(2).</summary>
    private const int CurrentDirectory = -100;

    /// <summary>STATX_TYPE | STATX_UID | STATX_GID of statx(2), the one call whose structure is the same on every processor.</summary>
    private const uint WantedFields = 0x19;
    private const int StatxSize = 256;
    private const int StatxUser = 20;
    private const int StatxGroup = 24;
    private const int StatxMode = 28;

    /// <summary>S_IFMT and S_IFIFO of inode(7).</summary>
    private const int TypeMask = 0xF000;
    private const int Pipe = 0x1000;

    /// <summary>Null if the file does not exist or cannot be examined.</summary>
    public static unsafe FileStatus? OfPath(string path)
    {
        var statx = stackalloc byte[StatxSize];
        return Statx(CurrentDirectory, path, 0, WantedFields, statx) == 0
            ? new(*(uint*)(statx + StatxUser), *(uint*)(statx + StatxGroup), (*(ushort*)(statx + StatxMode) & TypeMask) == Pipe)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
