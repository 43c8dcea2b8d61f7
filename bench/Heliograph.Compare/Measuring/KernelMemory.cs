using System.Globalization;

namespace Heliograph.Compare.Measuring;

/// <summary>
/// What the kernel holds for connections, on the whole machine: in /proc/meminfo what it cannot reclaim, its stacks and page tables; in
/// /proc/slabinfo the inodes and directory entries of sockets, which count as reclaimable.
/// </summary>
internal static class KernelMemory
{
    private static readonly string[] Counted = ["SUnreclaim:", "KernelStack:", "PageTables:"];
    private static readonly string[] OfSockets = ["sock_inode_cache", "dentry"];

    /// <summary>What remains for a minute of connections that have ended. They would go away while others are counted.</summary>
    private static readonly string[] Ended = ["tw_sock_TCP", "tw_sock_TCPv6"];

    public static long Bytes() => Bytes(File.ReadAllLines("/proc/meminfo"), ReadSlabs(), Environment.SystemPageSize);

    /// <summary>The same from the lines of the two files.</summary>
    public static long Bytes(IEnumerable<string> meminfo, IEnumerable<string> slabinfo, int pageSize)
    {
        var slabs = slabinfo.Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return meminfo.Where(static line => Counted.Any(line.StartsWith)).Sum(KilobytesIn) * 1024
            + Pages(OfSockets) * pageSize
            - Pages(Ended) * pageSize;

        // "name active_objs num_objs objsize objperslab pagesperslab : tunables … : slabdata active_slabs num_slabs sharedavail"
        long Pages(string[] caches) => slabs
            .Where(words => words.Length >= 16 && caches.Contains(words[0], StringComparer.Ordinal))
            .Sum(static words => Number(words[5]) * Number(words[14]));
    }

    /// <summary>What is left before the machine swaps, or ends a process.</summary>
    public static long Available() => 1024 * KilobytesIn(
        File.ReadLines("/proc/meminfo").First(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)));

    /// <summary>Connections that have ended, and of which the kernel keeps something for a minute.</summary>
    public static int TimeWait()
    {
        var words = File.ReadLines("/proc/net/sockstat").First(static line => line.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return (int)Number(words[Array.IndexOf(words, "tw") + 1]);
    }

    private static string[] ReadSlabs()
    {
        try
        {
            return File.ReadAllLines("/proc/slabinfo");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CompareException("only root may read the kernel's memory in /proc/slabinfo: run the comparison as root");
        }
    }

    private static long KilobytesIn(string line) => Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
