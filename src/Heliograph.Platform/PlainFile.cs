using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Platform;

/// <summary>
/// Opens what stands at a path itself, and follows no link there: where another user may put one, it could lead root to any file.
/// </summary>
public static partial class PlainFile
{
    /// <summary>ENOENT, EACCES, EWOULDBLOCK, ENOTDIR and ELOOP of errno(3).</summary>
    private const int Missing = 2;
    private const int Denied = 13;
    private const int Held = 11;
    private const int NoDirectory = 20;
    private const int Link = 40;

    /// <summary>LOCK_EX | LOCK_NB of flock(2).</summary>
    private const int Exclusive = 6;

    /// <summary>O_RDWR | O_CREAT, O_NONBLOCK and O_CLOEXEC of open(2): the same numbers on x86-64 and arm64, unlike the others.</summary>
    private const int ReadWriteCreate = 0x42;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly int DirectoryOnly = IsArm ? 0x4000 : 0x10000;

    /// <returns>Null if it is missing.</returns>
    /// <exception cref="IOException">It is a link, or no file.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static FileStream? OpenToRead(string path)
    {
        // The open of a pipe would wait for whoever writes to it.
        if (TryOpen(path, NonBlocking) is not { } handle)
            return null;
        var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw new IOException("It is not a regular file.");
    }

    /// <exception cref="IOException">It is a link, or no directory.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static SafeFileHandle OpenDirectory(string path) =>
        TryOpen(path, DirectoryOnly) ?? throw new DirectoryNotFoundException($"There is no directory {path}.");

    /// <summary>Creates a file if it is missing, and locks it until the handle is closed, however the process ends.</summary>
    /// <returns>Null while another process holds it.</returns>
    /// <exception cref="IOException">It is a link, or cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write to it.</exception>
    public static SafeFileHandle? TryLock(string path)
    {
        var handle = TryOpen(path, ReadWriteCreate | NonBlocking)
            ?? throw new DirectoryNotFoundException($"There is no directory {Path.GetDirectoryName(path)}.");
        // A file system without locks says something else: then nobody holds it.
        if (Native.Lock(handle, Exclusive) == 0 || Marshal.GetLastPInvokeError() != Held)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <returns>Null if it is missing.</returns>
    private static SafeFileHandle? TryOpen(string path, int flags)
    {
        const int ownerOnly = 0b110_000_000;
        var descriptor = Native.Open(path, flags | NoFollow | CloseOnExec, ownerOnly);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Missing => null,
            Denied => throw new UnauthorizedAccessException("Permission denied."),
            Link => throw IsLink(),
            // With O_DIRECTORY, Linux says this of a link.
            NoDirectory when new FileInfo(path).LinkTarget is not null => throw IsLink(),
            _ => throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}."),
        };
    }

    private static IOException IsLink() => new("It is a link, which is not followed; delete it, or put what it leads to in its place.");

    private static partial class Native
    {
        /// <summary>The mode is a variable argument, which Linux passes as it does any other.</summary>
        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags, int mode);

        [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
        public static partial int Lock(SafeFileHandle file, int operation);
    }
}
