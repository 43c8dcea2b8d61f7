using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Platform;

/// <summary>The type of a file, as far as anybody here asks.</summary>
public enum FileKind
{
    Other,
    Regular,
    Directory,
    Pipe,
}

/// <summary>What statx(2) tells of a file; the base library does not tell its owner, and takes a call for each of the others.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="User">The owner's.</param>
/// <param name="Group">The owner's.</param>
/// <param name="Length">In bytes.</param>
/// <param name="LastModified">In whole seconds.</param>
/// <param name="Device">Of its file system, for comparison.</param>
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct FileStatus(
    FileKind Kind, uint User, uint Group, long Length, DateTimeOffset LastModified, ulong Device)
{
    /// <summary>AT_FDCWD of openat(2).</summary>
    private const int CurrentDirectory = -100;

    /// <summary>AT_EMPTY_PATH: the descriptor itself.</summary>
    private const int EmptyPath = 0x1000;

    /// <summary>STATX_BASIC_STATS: what stat(2) tells.</summary>
    private const uint WantedFields = 0x7FF;

    // The structure of statx(2) is the same on every processor.
    private const int StatxSize = 256;
    private const int StatxUser = 20;
    private const int StatxGroup = 24;
    private const int StatxMode = 28;
    private const int StatxLength = 40;
    private const int StatxModified = 112;
    private const int StatxDevice = 136;

    /// <summary>S_IFMT, S_IFREG, S_IFDIR and S_IFIFO of inode(7).</summary>
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Directory = 0x4000;
    private const int Pipe = 0x1000;

    private static readonly long First = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>A link is followed. Null if the file does not exist or cannot be examined.</summary>
    public static unsafe FileStatus? OfPath(string path)
    {
        var statx = stackalloc byte[StatxSize];
        return Statx(CurrentDirectory, path, 0, WantedFields, statx) == 0 ? Read(statx) : null;
    }

    /// <summary>Null if it cannot be examined.</summary>
    public static unsafe FileStatus? OfOpen(SafeFileHandle file)
    {
        var statx = stackalloc byte[StatxSize];
        return Statx(file, "", EmptyPath, WantedFields, statx) == 0 ? Read(statx) : null;
    }

    private static unsafe FileStatus Read(byte* statx) => new(
        (*(ushort*)(statx + StatxMode) & TypeMask) switch
        {
            Regular => FileKind.Regular,
            Directory => FileKind.Directory,
            Pipe => FileKind.Pipe,
            _ => FileKind.Other,
        },
        *(uint*)(statx + StatxUser),
        *(uint*)(statx + StatxGroup),
        *(long*)(statx + StatxLength),
        // Some file systems keep dates of a million years from now.
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(*(long*)(statx + StatxModified), First, Last)),
        *(ulong*)(statx + StatxDevice));

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(SafeFileHandle file, string path, int flags, uint mask, byte* buffer);
}
