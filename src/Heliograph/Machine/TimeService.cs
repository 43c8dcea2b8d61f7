namespace Heliograph.Machine;

/// <summary>A program that keeps the clock right, by the name of its process.</summary>
/// <param name="Name">As people know it.</param>
/// <param name="TellsKernel">Whether it clears the kernel's mark that the clock is not synchronized, once it is.</param>
internal sealed record TimeService(string Name, bool TellsKernel)
{
    // chronyd does only with rtcsync in its configuration, OpenNTPD never; ntpd is the name of three programs, of which one is OpenNTPD.
    private static readonly Dictionary<string, TimeService> Known = new(StringComparer.Ordinal)
    {
        ["chronyd"] = new("chrony", TellsKernel: false),
        ["ntpd"] = new("ntpd", TellsKernel: false),
        // The kernel keeps 15 letters.
        ["systemd-timesyn"] = new("systemd-timesyncd", TellsKernel: true),
    };

    /// <summary>The one that runs; null: none that is known.</summary>
    public static TimeService? FindRunning(string proc = "/proc") =>
        PortHolders.Programs(proc).Select(static program => Known.GetValueOrDefault(program)).FirstOrDefault(static one => one is not null);
}
