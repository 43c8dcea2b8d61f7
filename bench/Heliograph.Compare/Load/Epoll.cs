using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Load;

/// <summary>Waits for many sockets at once, to the microsecond: level-triggered, for reading.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Most = 256;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Remove = 2;
    private const uint In = 1;

    // The kernel packs struct epoll_event on x86-64 and nowhere else.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int descriptor = Check(epoll_create1(CloseOnExec));
    private readonly byte[] events = new byte[Most * EventSize];
    private readonly List<int> ready = [];

    public void Watch(int socket)
    {
        Span<byte> entry = stackalloc byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, In);
        BinaryPrimitives.WriteInt32LittleEndian(entry[(EventSize - 8)..], socket);
        _ = Check(epoll_ctl(descriptor, Add, socket, entry));
    }

    public void Forget(int socket) => _ = epoll_ctl(descriptor, Remove, socket, new byte[EventSize]);

    /// <summary>The sockets that can be read; none if the time is up, or a signal came.</summary>
    public IReadOnlyList<int> Wait(TimeSpan limit)
    {
        var nanoseconds = Math.Max(0, (long)limit.TotalNanoseconds);
        ReadOnlySpan<long> time = [nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000];
        ready.Clear();
        var count = epoll_pwait2(descriptor, events, Most, time, 0);
        for (var i = 0; i < count; i++)
            ready.Add(BinaryPrimitives.ReadInt32LittleEndian(events.AsSpan((i * EventSize) + EventSize - 8)));
        return ready;
    }

    /// <summary>This thread's waits end on time: the kernel lets others end up to 50 µs late, to wake up less often.</summary>
    public static void WakeOnTime() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    public void Dispose() => _ = close(descriptor);

    private const int SetTimerSlack = 29;

    private static int Check(int result) => result >= 0
        ? result
        : throw new CompareException($"the load cannot wait for its sockets: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, ReadOnlySpan<byte> entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, Span<byte> events, int most, ReadOnlySpan<long> time, nint signals);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint value, nint unused3, nint unused4, nint unused5);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
