using System.Globalization;

namespace Heliograph.Soak.Trouble;

/// <summary>
/// A control group for the server alone: it limits its memory, and tells how much of it is the kernel's. bench/soak makes it.
/// </summary>
internal sealed class MemoryGroup
{
    // What the kernel may take back before it has to kill: enough for the pages that are in use.
    private const long Squeezed = 12 << 20;

    private readonly string directory;
    private readonly bool isSecond;

    private MemoryGroup(string directory)
    {
        this.directory = directory;
        isSecond = File.Exists(Path.Combine(directory, "memory.current"));
        // The first version counts what waits in sockets once there is a limit for it.
        if (!isSecond)
            Write("memory.kmem.tcp.limit_in_bytes", (1L << 40).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The one that HELIOGRAPH_SOAK_GROUP names, or null.</summary>
    public static MemoryGroup? Find() =>
        Environment.GetEnvironmentVariable("HELIOGRAPH_SOAK_GROUP") is { Length: > 0 } directory ? new MemoryGroup(directory) : null;

    /// <summary>The kernel's memory: slabs, page tables, stacks, and what waits in sockets.</summary>
    public long KernelBytes => isSecond
        ? Statistic("kernel") + Statistic("sock")
        : Number("memory.kmem.usage_in_bytes") + Number("memory.kmem.tcp.usage_in_bytes");

    public void Add(int process) => Write("cgroup.procs", process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Leaves the server hardly more than what it must have: the kernel takes its page cache, over and over.</summary>
    public void Squeeze() => Write(Limit, (Used - Cache + Squeezed).ToString(CultureInfo.InvariantCulture));

    public void Release() => Write(Limit, isSecond ? "max" : "-1");

    /// <summary>How often a process of the group was killed for want of memory.</summary>
    public long Killed => isSecond ? Field("memory.events", "oom_kill") : Field("memory.oom_control", "oom_kill");

    private string Limit => isSecond ? "memory.max" : "memory.limit_in_bytes";

    private long Used => Number(isSecond ? "memory.current" : "memory.usage_in_bytes");

    private long Cache => isSecond ? Statistic("file") : Statistic("cache");

    private long Statistic(string name) => Field("memory.stat", name);

    private long Field(string file, string name) => File.ReadLines(Path.Combine(directory, file))
        .Select(static line => line.Split(' '))
        .Where(words => words[0] == name)
        .Select(static words => long.Parse(words[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private long Number(string file) =>
        long.Parse(File.ReadAllText(Path.Combine(directory, file)).Trim(), CultureInfo.InvariantCulture);

    private void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(Path.Combine(directory, file), text);
        }
        catch (IOException)
        {
            // EBUSY: the kernel could not take back as much at once. It has tried, and that is the pressure.
        }
    }
}
