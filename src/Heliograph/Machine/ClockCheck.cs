using System.Runtime.InteropServices;

namespace Heliograph.Machine;

/// <summary>Is the clock kept right? Certificates are refused where it is not.</summary>
internal static unsafe partial class ClockCheck
{
    public const string Name = "clock";

    /// <summary>More than struct timex has (208 bytes on 64-bit Linux).</summary>
    private const int TimexSize = 256;

    /// <summary>TIME_ERROR of adjtimex(2): the clock is not synchronized.</summary>
    private const int NotSynchronized = 5;

    public static Finding Run(TimeProvider timeProvider) => Evaluate(IsKept(), timeProvider.GetUtcNow());

    /// <param name="kept">Whether a time service keeps it; null: the kernel does not say.</param>
    /// <param name="now">What it says.</param>
    public static Finding Evaluate(bool? kept, DateTimeOffset now)
    {
        var says = $"{now:yyyy-MM-dd HH:mm} UTC";
        return kept switch
        {
            true => new(Name, Severity.Ok, $"{says}, kept by a time service"),
            false => new(Name, Severity.Warning, $"{says}, and no time service keeps it",
                "If that is not the time, no certificate works. Have it kept: timedatectl set-ntp true (on Debian first: apt-get install systemd-timesyncd)."),
            null => new(Name, Severity.Ok, says),
        };
    }

    private static bool? IsKept()
    {
        // All zero: nothing is to be changed, which takes no privilege.
        var timex = stackalloc byte[TimexSize];
        new Span<byte>(timex, TimexSize).Clear();
        var state = AdjustTime(timex);
        return state < 0 ? null : state != NotSynchronized;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(byte* timex);
}
