using System.Globalization;
using System.Runtime.InteropServices;

namespace Heliograph.Compare;

/// <summary>What the system has to allow for the load and, since they inherit it, for the proxies.</summary>
internal static partial class Limits
{
    private const int OpenFiles = 7;

    // Besides the load's own: what the proxies' upstream connections and others on the machine use.
    private const int SparePorts = 2_000;

    /// <summary>Raises the limit of open files where the system lets us, or fails.</summary>
    public static void RequireDescriptors(int connections)
    {
        // Here each connection has the client's end and the upstream's; in heliograph two, and one that a visitor may need.
        var needed = (3 * connections) + 1_500;
        var line = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var limit = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var allowed) || allowed >= needed)
            return;
        ReadOnlySpan<ulong> both = [(ulong)needed, (ulong)needed];
        if (setrlimit(OpenFiles, both) != 0)
            throw new CompareException(
                $"{connections} connections need {needed} open files but the limit is {allowed}; raise it with ulimit -n, " +
                "or ask for fewer with --idle or --quick");
    }

    /// <summary>Fails if an address has too few ports.</summary>
    /// <param name="connections">How many come from one address to another.</param>
    public static void RequirePorts(int connections)
    {
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', StringSplitOptions.TrimEntries);
        var ports = int.Parse(range[1], CultureInfo.InvariantCulture) - int.Parse(range[0], CultureInfo.InvariantCulture) + 1;
        if (ports < connections + SparePorts)
            throw new CompareException(
                $"{connections} connections from one address need as many ports but the system has {ports}; " +
                "as root, ./bench/compare --idle makes a network of its own that has more");
    }

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ReadOnlySpan<ulong> limits);
}
