using System.Globalization;

namespace Heliograph.Hosting.Systemd;

/// <summary>A descriptor that systemd passed, and the name that its unit gave it.</summary>
internal sealed record PassedDescriptor(int Number, string Name)
{
    /// <summary>The name of a socket that the process before has opened itself.</summary>
    public const string OwnName = "heliograph-restart";
}

/// <summary>What systemd passes to a service in its environment: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).</summary>
internal sealed record SystemdEnvironment
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    public const int FirstDescriptor = 3;

    /// <summary>Far more addresses than anyone listens on.</summary>
    public const int MostDescriptors = 64;

    /// <summary>Where to report the service's status; null: nowhere.</summary>
    public string? NotifySocket { get; private init; }

    /// <summary>How long systemd waits for a sign of life before it restarts the service; null: it does not.</summary>
    public TimeSpan? Watchdog { get; private init; }

    public IReadOnlyList<PassedDescriptor> Descriptors { get; private init; } = [];

    /// <summary>
    /// Reads the variables and removes them, so that no program started by this one takes itself for the service.
    /// </summary>
    /// <exception cref="StartException">A value is invalid.</exception>
    public static SystemdEnvironment ReadAndClear()
    {
        var notifySocket = ReadAndClear("NOTIFY_SOCKET");
        var (watchdog, watchdogProcess) = (ReadAndClear("WATCHDOG_USEC"), ReadAndClear("WATCHDOG_PID"));
        var (descriptors, names, listenProcess) = (ReadAndClear("LISTEN_FDS"), ReadAndClear("LISTEN_FDNAMES"), ReadAndClear("LISTEN_PID"));
        return new()
        {
            NotifySocket = notifySocket,
            // Without a process id the watchdog applies to every process of the service; descriptors always name theirs.
            Watchdog = watchdog is not null && (watchdogProcess is null || IsThisProcess(watchdogProcess)) ? Microseconds(watchdog) : null,
            Descriptors =
                descriptors is not null && listenProcess is not null && IsThisProcess(listenProcess) ? Passed(descriptors, names) : [],
        };
    }

    /// <summary>The name that systemd gave to a descriptor; those of sockets that this program has opened have one, too.</summary>
    public string NameOf(int descriptor) =>
        Descriptors.FirstOrDefault(passed => passed.Number == descriptor)?.Name ?? PassedDescriptor.OwnName;

    /// <summary>These descriptors as a program gets them that takes the place of this process.</summary>
    public IReadOnlyList<PassedDescriptor> Describe(IEnumerable<int> descriptors) =>
        [.. descriptors.Select(descriptor => new PassedDescriptor(descriptor, NameOf(descriptor)))];

    /// <summary>The variables for a program that takes the place of this process and keeps its number.</summary>
    /// <param name="names">Of the descriptors that it gets, from <see cref="FirstDescriptor"/> on.</param>
    public IReadOnlyDictionary<string, string> VariablesFor(IReadOnlyList<string> names)
    {
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LISTEN_PID"] = process,
            ["LISTEN_FDS"] = names.Count.ToString(CultureInfo.InvariantCulture),
            ["LISTEN_FDNAMES"] = string.Join(':', names),
        };
        if (NotifySocket is { } socket)
            variables["NOTIFY_SOCKET"] = socket;
        if (Watchdog is { } limit)
        {
            variables["WATCHDOG_USEC"] = ((long)limit.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
            variables["WATCHDOG_PID"] = process;
        }
        return variables;
    }

    private static string? ReadAndClear(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static bool IsThisProcess(string processId) => processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Microseconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(number)
            : throw new StartException(
                $"WATCHDOG_USEC=\"{text}\" is not a number of microseconds; systemd sets it (WatchdogSec=), so unset it if systemd does " +
                $"not run this program");

    private static List<PassedDescriptor> Passed(string count, string? names)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MostDescriptors)
            throw new StartException(
                $"LISTEN_FDS=\"{count}\" is not a number from 0 to {MostDescriptors}; systemd sets it (ListenStream= of a socket unit), " +
                $"so unset it if systemd does not run this program");
        var given = names?.Split(':') ?? [];
        return
        [
            .. Enumerable
                .Range(0, number)
                .Select(index => new PassedDescriptor(FirstDescriptor + index, index < given.Length ? given[index] : "unknown")),
        ];
    }
}
