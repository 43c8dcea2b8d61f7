using System.Globalization;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Peers;

/// <summary>What the kernel reports about a process and its descendants (nginx has a master and a worker).</summary>
internal static partial class ProcessTree
{
    /// <summary>The process and its descendants.</summary>
    public static IReadOnlyList<int> WithDescendants(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid) && Stat(pid) is { } stat)
                parents[pid] = int.Parse(stat[ParentField], CultureInfo.InvariantCulture);
        }

        List<int> tree = [root];
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(parents.Where(pair => pair.Value == tree[i]).Select(pair => pair.Key));
        return tree;
    }

    /// <summary>
    /// User and system time of these processes so far, with that of threads that have ended: the nanoseconds that the scheduler counts.
    /// /proc/PID/stat shows the same in ticks of 10 ms, which is a twentieth of what some figures cost.
    /// </summary>
    public static double CpuSeconds(IEnumerable<int> pids) => pids.Sum(static pid =>
    {
        if (ClockOf(pid, out var clock) != 0 || ReadClock(clock, out var time) != 0)
            throw new CompareException("one of its processes ended during the measurement");
        return time.Seconds + (time.Nanoseconds / 1e9);
    });

    /// <summary>Proportional set size: the memory these processes would free if they ended.</summary>
    public static long PssBytes(IEnumerable<int> pids) => pids.Sum(pid =>
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new CompareException($"the memory of process {pid} cannot be read ({exception.Message}); " +
                "only root may read it if the process is not dumpable, so run the comparison as root");
        }
    });

    // proc(5), counted from the field after the command name, which may itself contain spaces and parentheses.
    private const int ParentField = 1;

    private static string[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int ClockOf(int pid, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
