using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
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
    private const int ResolveBeneath = 8;

    /// <summary>Longer than what the kernel writes of a descriptor's path: a page (proc(5)).</summary>
    private const int LongestPath = 4096;

    /// <summary>For a deployment that renames the directory between two system calls of ours.</summary>
    private const int MostAttempts = 3;

    private readonly byte[] root;

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
    }

    internal override bool MayBlock => true;

    internal override SiteEntry Find(string path)
    {
        if (OpenInside(path, out var problem) is not { } handle)
            return new(problem);
        var keep = false;
        try
        {
            if (File.GetAttributes(handle).HasFlag(FileAttributes.Directory))
                return new(SiteEntryKind.Directory);
            var file = new OpenFile(handle)
            {
                Length = RandomAccess.GetLength(handle),
                LastModified = DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset(File.GetLastWriteTimeUtc(handle)).ToUnixTimeSeconds()),
            };
            keep = true;
            return new(SiteEntryKind.File, file);
        }
        catch (NotSupportedException)
        {
            // A pipe or a socket, not a file.
            return new(SiteEntryKind.NotFound);
        }
        catch (IOException)
        {
            return new(SiteEntryKind.Failed);
        }
        finally
        {
            if (!keep)
                handle.Dispose();
        }
    }

    /// <summary>
    /// Opens a file in the directory as it is now. The kernel checks the links on the way, or the paths of what is open are compared, so
    /// that no link can change in between.
    /// </summary>
    private SafeFileHandle? OpenInside(string path, out SiteEntryKind problem)
    {
        // The point makes it relative to the directory.
        var relative = new byte[path.Length + 2];
        relative[0] = (byte)'.';
        Encoding.Latin1.GetBytes(path, relative.AsSpan(1));
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = Open(relative, out var isInside);
            var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            var handle = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
            problem = error switch
            {
                NoEntry or NotADirectory or NameTooLong => SiteEntryKind.NotFound,
                0 or AccessDenied or TooManyLinks => SiteEntryKind.Forbidden,
                _ => SiteEntryKind.Failed,
            };
            if (handle is null || isInside)
                return handle;
            handle.Dispose();
            if (attempt == MostAttempts)
                return null;
        }
    }

    private int Open(byte[] relative, out bool isInside)
    {
        isInside = false;
        var directory = OpenAt(CurrentDirectory, root, LookFlags);
        if (directory < 0)
            return directory;
        var how = new OpenHow { Flags = OpenFlags, Resolve = ResolveBeneath };
        var descriptor = (int)OpenAt2(OpenAt2Number, directory, relative, &how, sizeof(OpenHow));
        if (descriptor >= 0)
        {
            isInside = true;
        }
        else if (Marshal.GetLastPInvokeError() is not (NoEntry or NotADirectory or NameTooLong or AccessDenied or TooManyLinks))
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

    private sealed class OpenFile(SafeFileHandle handle) : SiteFile
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken);

        public override int Read(Span<byte> buffer)
        {
            var filled = 0;
            while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], filled) is > 0 and var count)
                filled += count;
            return filled;
        }

        public override void Dispose()
        {
            handle.Dispose();
            base.Dispose();
        }
    }
}
