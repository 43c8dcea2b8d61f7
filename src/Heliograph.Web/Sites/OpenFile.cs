using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Heliograph.Web.Sites;

/// <summary>A file on a disk.</summary>
internal sealed unsafe partial class OpenFile(SafeFileHandle handle) : SiteFile
{
    // RWF_NOWAIT of preadv2(2).
    private const int NoWait = 8;

    /// <summary>What the kernel has in memory is read at once, and the rest on the thread pool.</summary>
    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = ReadCached(offset, buffer.Span);
        // An error, too: tmpfs and overlayfs do not know the flag.
        return count > 0 ? new(count) : RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken);
    }

    public override void Dispose()
    {
        handle.Dispose();
        base.Dispose();
    }

    private int ReadCached(long offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var vector = new IoVector { Start = start, Length = buffer.Length };
            return (int)PReadV2(handle, &vector, 1, offset, NoWait);
        }
    }

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static partial nint PReadV2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Start;
        public nint Length;
    }
}
