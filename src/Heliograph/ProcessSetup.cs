using System.Runtime.InteropServices;

namespace Heliograph;

/// <summary>What the process asks of the kernel before it handles a byte of anyone's data.</summary>
internal static partial class ProcessSetup
{
    private const string LibC = "libc";
    private const string LibSsl = "libssl.so.3";
    private const int ResourceCore = 4;
    private const int ResourceThreads = 6;
    private const int ResourceFiles = 7;
    private const int ResourceAddressSpace = 9;
    private const int SetDumpable = 4;

    /// <summary>No core dump, which would hold keys and the clients' addresses; and as many descriptors as this user may have.</summary>
    public static void Apply()
    {
        var none = default(ResourceLimit);
        _ = SetLimit(ResourceCore, in none);
        // Also keeps other processes of the same user from attaching a debugger (prctl(2), ptrace(2)).
        _ = ProcessControl(SetDumpable, 0, 0, 0, 0);
        if (GetLimit(ResourceFiles, out var files) == 0 && files.Soft < files.Hard)
        {
            files.Soft = files.Hard;
            _ = SetLimit(ResourceFiles, in files);
        }
    }

    /// <summary>How many file descriptors the process may have: <see cref="Apply"/> raises the limit to this.</summary>
    public static long HardFileLimit() => GetLimit(ResourceFiles, out var files) == 0 ? (long)Math.Min(files.Hard, long.MaxValue) : 1024;

    /// <summary>How many it may have now.</summary>
    public static long FileLimit() => SoftLimit(ResourceFiles);

    /// <summary>How many threads this user may have, all processes together.</summary>
    public static long ThreadLimit() => SoftLimit(ResourceThreads);

    /// <summary>How many bytes of addresses the process may use.</summary>
    public static long AddressSpaceLimit() => SoftLimit(ResourceAddressSpace);

    /// <exception cref="StartException">OpenSSL 3 is not installed.</exception>
    public static void RequireOpenSsl() => RequireLibrary(LibSsl);

    /// <exception cref="StartException">The library is not installed.</exception>
    public static void RequireLibrary(string name)
    {
        if (!NativeLibrary.TryLoad(name, out _))
            throw new StartException(
                $"{name} (OpenSSL 3) is missing; on Debian and Ubuntu: apt-get install libssl3t64 (libssl3 on Debian 12, Ubuntu 22.04 " +
                $"and earlier)");
    }

    private static long SoftLimit(int resource) =>
        GetLimit(resource, out var limit) == 0 ? (long)Math.Min(limit.Soft, long.MaxValue) : long.MaxValue;

    // struct rlimit on 64-bit Linux (getrlimit(2)).
    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport(LibC, EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport(LibC, EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport(LibC, EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);
}
