using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Heliograph.Relay.Loop;

/// <summary>
/// A native array of <c>struct epoll_event</c>: packed to 12 bytes on x86-64, 16 bytes elsewhere (epoll_ctl(2), sys/epoll.h).
/// </summary>
internal static unsafe class EpollEvents
{
    public static readonly int Size = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = Size - sizeof(ulong);

    public static void Write(byte* @event, int events, ulong data)
    {
        Unsafe.WriteUnaligned(@event, events);
        Unsafe.WriteUnaligned(@event + DataOffset, data);
    }

    public static int Events(byte* events, int index) => Unsafe.ReadUnaligned<int>(events + (index * Size));

    public static ulong Data(byte* events, int index) => Unsafe.ReadUnaligned<ulong>(events + (index * Size) + DataOffset);
}
