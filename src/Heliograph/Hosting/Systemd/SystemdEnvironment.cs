using System.Globalization;

namespace Heliograph.Hosting.Systemd;

/// <summary>A descriptor that systemd passed, and the name that its unit gave it.</summary>
internal sealed record PassedDescriptor(int Number, string Name);

/// <summary>What systemd tells a service in its environment: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).</summary>
internal sealed record SystemdEnvironment
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    private const int FirstDescriptor = 3;

    /// <summary>Far more addresses than anyone listens on.</summary>
    private const int MostDescriptors = 64;

    /// <summary>Where to tell how the service is; null: nobody asks.</summary>
    public string? NotifySocket { get; private init; }

    /// <summary>How long systemd waits for a sign of life before it restarts the service; null: it does not.</summary>
    public TimeSpan? Watchdog { get; private init; }

    public IReadOnlyList<PassedDescriptor> Descriptors { get; private init; } = [];

    /// <summary>Reads the variables and takes them away, so that no program that this one starts believes itself to be the service.</summary>
    /// <exception cref="StartException">They contradict themselves.</exception>
    public static SystemdEnvironment ReadAndClear()
    {
        var notifySocket = ReadAndClear("NOTIFY_SOCKET");
        var (watchdog, watchdogProcess) = (ReadAndClear("WATCHDOG_USEC"), ReadAndClear("WATCHDOG_PID"));
        var (descriptors, names, listenProcess) = (ReadAndClear("LISTEN_FDS"), ReadAndClear("LISTEN_FDNAMES"), ReadAndClear("LISTEN_PID"));
        return new()
        {
            NotifySocket = notifySocket,
            // Without a process id the watchdog is meant for every process of the service; descriptors always say whose they are.
            Watchdog = watchdog is not null && (watchdogProcess is null || IsOurs(watchdogProcess)) ? Microseconds(watchdog) : null,
            Descriptors = descriptors is not null && listenProcess is not null && IsOurs(listenProcess) ? Passed(descriptors, names) : [],
        };
    }

    private static string? ReadAndClear(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static bool IsOurs(string processId) => processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Microseconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(number)
            : throw new StartException($"WATCHDOG_USEC=\"{text}\" is no number of microseconds; systemd sets it (WatchdogSec=), so unset it where systemd does not run this");

    private static List<PassedDescriptor> Passed(string count, string? names)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MostDescriptors)
            throw new StartException($"LISTEN_FDS=\"{count}\" is no number from 0 to {MostDescriptors}; systemd sets it (ListenStream= of a socket unit), so unset it where systemd does not run this");
        var given = names?.Split(':') ?? [];
        return [.. Enumerable.Range(0, number).Select(index => new PassedDescriptor(FirstDescriptor + index, index < given.Length ? given[index] : "unknown"))];
    }
}
