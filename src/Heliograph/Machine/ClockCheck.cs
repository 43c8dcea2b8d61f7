using System.Runtime.InteropServices;

namespace Heliograph.Machine;

/// <summary>Checks whether the clock is synchronized. If it is wrong, certificates are rejected.</summary>
internal static unsafe partial class ClockCheck
{
    public const string Name = "clock";

    /// <summary>More than struct timex has (208 bytes on 64-bit Linux).</summary>
    private const int TimexSize = 256;

    /// <summary>TIME_ERROR of adjtimex(2): the clock is not synchronized.</summary>
    private const int NotSynchronized = 5;

    public static Finding Run(TimeProvider timeProvider) => Evaluate(IsSynchronized(), TimeService.FindRunning(), timeProvider.GetUtcNow());

    /// <param name="synchronized">Whether a time service synchronizes it; null: the kernel does not say.</param>
    /// <param name="service">The time service that runs, as far as it is known.</param>
    /// <param name="now">Its time.</param>
    public static Finding Evaluate(bool? synchronized, TimeService? service, DateTimeOffset now)
    {
        var says = $"{now:yyyy-MM-dd HH:mm} UTC";
        return synchronized switch
        {
            true => new(Name, Severity.Ok, $"{says}, synchronized by a time service"),
            // It looks after the clock, and does not tell the kernel whether it has succeeded.
            false when service is { TellsKernel: false } => new(Name, Severity.Ok, $"{says}, looked after by {service.Name}"),
            false when service is not null => new(
                Name,
                Severity.Warning,
                $"{says}, not synchronized yet, though {service.Name} is running",
                "If that is not the right time, no certificate works. Find out why (timedatectl timesync-status): it needs UDP to port " +
                "123."),
            false => new(
                Name,
                Severity.Warning,
                $"{says}, not synchronized by a time service",
                "If that is not the right time, no certificate works. Synchronize it: " +
                $"{Sudo.Prefix}timedatectl set-ntp true (on Debian first: {Sudo.Prefix}apt-get install systemd-timesyncd)."),
            null => new(Name, Severity.Ok, says),
        };
    }

    private static bool? IsSynchronized()
    {
        // All zero: change nothing, which needs no privilege.
        var timex = stackalloc byte[TimexSize];
        new Span<byte>(timex, TimexSize).Clear();
        var state = AdjustTime(timex);
        return state < 0 ? null : state != NotSynchronized;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(byte* timex);
}
