using System.Runtime.InteropServices;

namespace Heliograph.Hosting;

/// <summary>
/// SIGHUP while another program takes the place of this process: it waits until that one handles it. Its default action would end the
/// process, and systemd would not start it again. Ignoring it does not help: .NET handles no signal that a program was started to ignore.
/// </summary>
internal static unsafe partial class Hangup
{
    /// <summary>SIG_BLOCK and SIG_UNBLOCK.</summary>
    private const int BlockSignals = 0, UnblockSignals = 1;

    /// <summary>Of sigset_t, of both glibc and musl.</summary>
    private const int SetWords = 16;

    /// <summary>SIGHUP is the first signal.</summary>
    private const ulong Signal = 1;

    /// <summary>On this thread, and in the program that it executes.</summary>
    public static void Block() => Change(BlockSignals);

    /// <summary>On this thread, which gets it then: to be called on the main one, which lasts.</summary>
    public static void Unblock() => Change(UnblockSignals);

    private static void Change(int how)
    {
        var signals = stackalloc ulong[SetWords];
        signals[0] = Signal;
        _ = ChangeMask(how, signals, null);
    }

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int ChangeMask(int how, ulong* signals, ulong* before);
}
