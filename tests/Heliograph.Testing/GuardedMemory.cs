using System.Runtime.InteropServices;

namespace Heliograph.Testing;

/// <summary>Memory followed by an inaccessible page: a read past the end of a span from here ends the process.</summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* start;
    private readonly nuint size;
    private readonly nuint usable;

    public GuardedMemory(int capacity)
    {
        var page = (nuint)Environment.SystemPageSize;
        usable = ((nuint)capacity + page - 1) / page * page;
        size = usable + page;
        start = (byte*)MemoryMap(null, size, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == (byte*)-1)
            throw new InvalidOperationException($"mmap of {size} bytes failed with errno {Marshal.GetLastPInvokeError()}.");
        if (MemoryProtect(start + usable, page, 0) != 0)
            throw new InvalidOperationException($"mprotect failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>The address of the inaccessible page.</summary>
    public nuint Guard => (nuint)start + usable;

    /// <summary>A copy of the bytes that ends where readable memory ends.</summary>
    public ReadOnlySpan<byte> Place(ReadOnlySpan<byte> bytes)
    {
        var span = new Span<byte>(start + usable - bytes.Length, bytes.Length);
        bytes.CopyTo(span);
        return span;
    }

    public void Dispose() => MemoryUnmap(start, size);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MemoryMap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MemoryProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(void* address, nuint length);
}
