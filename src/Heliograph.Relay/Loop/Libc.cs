using System.Runtime.InteropServices;

namespace Heliograph.Relay.Loop;

/// <summary>
/// The system calls of the loop. Every constant is the same on glibc and musl, x86-64 and arm64; what differs is in
/// <see cref="EpollEvents"/>.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EpollIn = 0x1, EpollOut = 0x4, EpollErr = 0x8, EpollHup = 0x10, EpollRdHup = 0x2000, EpollEdgeTriggered = 1 << 31;
    public const int EpollAdd = 1, EpollDelete = 2, EpollCloseOnExec = 0x80000;
    public const int EventNonBlocking = 0x800, EventCloseOnExec = 0x80000;

    public const int FamilyUnix = 1, FamilyInet = 2, FamilyInet6 = 10;
    public const int StreamNonBlocking = 1 | 0x800 | 0x80000; // SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
    public const int AcceptNonBlocking = 0x800 | 0x80000;
    public const int MessageNoSignal = 0x4000;
    public const int ShutdownWrite = 1;

    public const int SolSocket = 1, ReuseAddress = 2, SocketType = 3, SocketError = 4, Linger = 13, AcceptConnections = 30;
    public const int TypeStream = 1;
    public const int SetDescriptorFlags = 2, CloseOnExec = 1, GetStatusFlags = 3, SetStatusFlags = 4, NonBlocking = 0x800;
    public const int ProtocolTcp = 6, TcpNoDelay = 1;
    public const int ProtocolIpv6 = 41, Ipv6Only = 26;

    public const int Eintr = 4, Eagain = 11, Enomem = 12, Eacces = 13, Enfile = 23, Emfile = 24, Eperm = 1, Epipe = 32,
        Eafnosupport = 97, Eaddrinuse = 98, Eaddrnotavail = 99, Enetunreach = 101, Econnaborted = 103, Econnreset = 104, Enobufs = 105,
        Einprogress = 115, Econnrefused = 111, Etimedout = 110;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, byte* @event);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, void* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, void* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int fd, byte* address, int length);

    /// <summary>
    /// Does not ask for the peer's address: what is not known cannot be written down. Code that needs it calls <see cref="getpeername"/>.
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int accept4(int fd, void* noAddress, void* noLength, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(int fd, byte* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getpeername(int fd, byte* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int shutdown(int fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int name, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int fd, int level, int name, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, ulong* softAndHard);

    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>How many descriptors the process may have (RLIMIT_NOFILE); a descriptor's number is below it.</summary>
    public static ulong DescriptorLimit()
    {
        const int Files = 7;
        var limits = stackalloc ulong[2];
        return getrlimit(Files, limits) == 0 ? limits[0] : ulong.MaxValue;
    }

    /// <returns>Null if the descriptor has no such option: it is not a socket.</returns>
    public static int? GetOption(int fd, int level, int name)
    {
        int value, length = sizeof(int);
        return getsockopt(fd, level, name, &value, &length) == 0 ? value : null;
    }

    public static void SetOption(int fd, int level, int name, int value)
    {
        // A socket option that the kernel refuses costs speed, not correctness.
        _ = setsockopt(fd, level, name, &value, sizeof(int));
    }
}
