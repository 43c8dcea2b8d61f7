using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Heliograph.Platform;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Web.Sites;

/// <summary>
/// The operator's own files. The directory's path is followed anew for each request, so that a deployment may switch any link in it, or
/// replace the directory. Nothing outside the directory is ever served, whatever links it contains.
/// </summary>
internal sealed unsafe partial class DirectorySite : Site
{
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;
    private const int NameTooLong = 36;

    // O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, the same numbers on x86-64 and arm64. Without O_NONBLOCK, a named pipe would
    // block the thread.
    private const int OpenFlags = 0x100 | 0x800 | 0x80000;

    // O_PATH | O_CLOEXEC, the same there, too. It needs no permission to read.
    private const int LookFlags = 0x200000 | 0x80000;

    private const int CurrentDirectory = -100;

    // The same number everywhere; glibc has no function for it.
    private const int OpenAt2Number = 437;
    private const ulong ResolveNoLinks = 4; // RESOLVE_NO_SYMLINKS
    private const ulong ResolveBeneath = 8;

    /// <summary>Longer than what the kernel writes of a descriptor's path: a page (proc(5)).</summary>
    private const int LongestPath = 4096;

    /// <summary>For a deployment that renames the directory between two system calls of ours.</summary>
    private const int MostAttempts = 3;

    private readonly byte[] root;
    private readonly ulong device;

    // Where a lookup is in the kernel's cache or a read of the disk away, which nginx's workers wait for as well. A network's file system
    // may keep all waiting whom the event loop serves, and so may one that is mounted in this one.
    private volatile bool isLocal;

    public DirectorySite(string directory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(full))
            throw new WebServerException(
                $"The decoy's directory {full} does not exist or is not a directory; create it, or set decoy.site to built-in.");
        root = Encoding.UTF8.GetBytes(full + '\0');
        using var handle = OpenInside("/", out _);
        if (handle is null)
            throw new WebServerException(
                $"The decoy's directory {full} cannot be read ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}); " +
                "give the service permission to read it.");
        device = FileStatus.OfOpen(handle)?.Device ?? 0;
        isLocal = new DriveInfo(full).DriveType is DriveType.Fixed or DriveType.Ram && !HasMountBelow(handle);
    }

    /// <summary>Whether files are looked up by whoever asks, and not on the thread pool.</summary>
    internal bool IsLocal => isLocal;

    internal override ValueTask<SiteEntry> FindAsync(string path) =>
        isLocal && FindAtOnce(path) is { } entry ? new(entry) : new(Task.Run(() => Find(path)));

    /// <summary>Null for a link with an absolute path, or one that leads out on its way, and for errors that no path explains.</summary>
    private SiteEntry? FindAtOnce(string path)
    {
        // As nginx does, in one call, unless there is a link on the way.
        var descriptor = Open(CurrentDirectory, Below(root.AsSpan()[..^1], path), ResolveNoLinks);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == TooManyLinks)
        {
            var directory = OpenAt(CurrentDirectory, root, LookFlags);
            if (directory < 0)
                return null;
            descriptor = Open(directory, Below("."u8, path), ResolveBeneath);
            _ = Close(directory);
        }
        if (descriptor >= 0)
            return Describe(new(descriptor, ownsHandle: true));
        return Meaning(Marshal.GetLastPInvokeError()) is { } problem ? new(problem) : null;
    }

    private SiteEntry Find(string path) => OpenInside(path, out var problem) is { } handle ? Describe(handle) : new(problem);

    private SiteEntry Describe(SafeFileHandle handle)
    {
        var status = FileStatus.OfOpen(handle);
        if (status?.Device != device)
            isLocal = false;
        if (status is { Kind: FileKind.Regular, Length: var length, LastModified: var time })
            return new(SiteEntryKind.File, new OpenFile(handle) { Length = length, LastModified = time });
        handle.Dispose();
        return new(status switch
        {
            null => SiteEntryKind.Failed,
            { Kind: FileKind.Directory } => SiteEntryKind.Directory,
            // A pipe, say.
            _ => SiteEntryKind.NotFound,
        });
    }

    /// <summary>
    /// Opens a file in the directory as it is now. The kernel checks the links on the way, or the paths of what is open are compared, so
    /// that no link can change in between.
    /// </summary>
    private SafeFileHandle? OpenInside(string path, out SiteEntryKind problem)
    {
        // The point makes it relative to the directory.
        var relative = Below("."u8, path);
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = OpenBeneath(relative, out var isInside);
            var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            var handle = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
            problem = error == 0 ? SiteEntryKind.Forbidden : Meaning(error) ?? SiteEntryKind.Failed;
            if (handle is null || isInside)
                return handle;
            handle.Dispose();
            if (attempt == MostAttempts)
                return null;
        }
    }

    /// <summary>Ends with a 0.</summary>
    private static byte[] Below(ReadOnlySpan<byte> directory, string path)
    {
        var whole = new byte[directory.Length + path.Length + 1];
        directory.CopyTo(whole);
        Encoding.Latin1.GetBytes(path, whole.AsSpan(directory.Length));
        return whole;
    }

    /// <summary>What nginx makes of an error that tells something about the path; null for any other.</summary>
    private static SiteEntryKind? Meaning(int error) => error switch
    {
        NoEntry or NotADirectory or NameTooLong => SiteEntryKind.NotFound,
        AccessDenied or TooManyLinks => SiteEntryKind.Forbidden,
        _ => null,
    };

    private int OpenBeneath(byte[] relative, out bool isInside)
    {
        isInside = false;
        var directory = OpenAt(CurrentDirectory, root, LookFlags);
        if (directory < 0)
            return directory;
        var descriptor = Open(directory, relative, ResolveBeneath);
        if (descriptor >= 0)
        {
            isInside = true;
        }
        else if (Meaning(Marshal.GetLastPInvokeError()) is null)
        {
            // A link with an absolute path or one that leaves the directory and may come back, a kernel before 5.6, or a sandbox
            // that does not know the call.
            descriptor = OpenAt(directory, relative, OpenFlags);
            isInside = descriptor >= 0 && IsInside(descriptor, directory);
        }
        // Does not touch the last error of the calls above.
        _ = Close(directory);
        return descriptor;
    }

    private static int Open(int directory, byte[] path, ulong resolve)
    {
        var how = new OpenHow { Flags = OpenFlags, Resolve = resolve };
        return (int)OpenAt2(OpenAt2Number, directory, path, &how, sizeof(OpenHow));
    }

    [SkipLocalsInit]
    private static bool IsInside(int descriptor, int directory)
    {
        Span<byte> real = stackalloc byte[LongestPath], realRoot = stackalloc byte[LongestPath];
        real = ReadPath(descriptor, real);
        realRoot = ReadPath(directory, realRoot);
        return !realRoot.IsEmpty
            && real.StartsWith(realRoot)
            && (real.Length == realRoot.Length || realRoot[^1] == '/' || real[realRoot.Length] == '/');
    }

    /// <summary>Whether another file system is mounted somewhere in the directory (proc(5) has the format).</summary>
    private static bool HasMountBelow(SafeFileHandle directory)
    {
        Span<byte> real = stackalloc byte[LongestPath];
        var path = Encoding.UTF8.GetString(ReadPath((int)directory.DangerousGetHandle(), real));
        var below = path.TrimEnd('/').Replace(" ", "\\040", StringComparison.Ordinal) + "/";
        return File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] is { Length: > 1 } point
            && point.StartsWith(below, StringComparison.Ordinal));
    }

    /// <summary>The path of an open file, without links; empty if the kernel does not give it.</summary>
    private static Span<byte> ReadPath(int descriptor, Span<byte> into)
    {
        Span<byte> name = stackalloc byte[32];
        Utf8.TryWrite(name, CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}\0", out _);
        fixed (byte* link = name, buffer = into)
        {
            var length = ReadLink(link, buffer, into.Length);
            return length <= 0 || length == into.Length ? default : into[..(int)length];
        }
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int directory, byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt2(nint number, nint directory, byte[] path, OpenHow* how, nint size);

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static partial nint ReadLink(byte* path, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>struct open_how of openat2(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
