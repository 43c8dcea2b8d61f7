using System.Runtime.InteropServices;

namespace Heliograph.Compare;

/// <summary>Who runs where: the proxies on the first processors, with a worker for each, and the load on others.</summary>
internal sealed partial record ProcessorPlan
{
    public required int Asked { get; init; }

    public required int Present { get; init; }

    /// <summary>Event loops, workers or threads of each proxy.</summary>
    public required int Workers { get; init; }

    /// <summary>As taskset has it.</summary>
    public required string OfProxies { get; init; }

    /// <summary>The processors of the client and of the upstream.</summary>
    public required IReadOnlyList<int> OfLoad { get; init; }

    /// <summary>There are too few: the load runs on the proxies' processors too.</summary>
    public required bool IsShared { get; init; }

    /// <summary>What is measured instead of what was asked for, in a sentence or two; null: nothing.</summary>
    public string? Instead => !IsShared ? null
        : $"--processors {Asked} needs {2 * Asked} processors, half of them for the load, and this machine has {Present}. "
        + $"The proxies have {Workers} workers on processors {OfProxies}, and the load shares them: what work costs is measured as always, "
        + "but the load delays it. Round trips a second are not counted but reckoned, from what one costs while the load is slow.";

    /// <param name="asked">Processors for the proxies.</param>
    /// <param name="present">Those of the machine.</param>
    public static ProcessorPlan For(int asked, int present)
    {
        if (present < 2)
            throw new CompareException("two processors are needed: one for the proxies, one for the load");
        var workers = Math.Min(asked, present);
        var isShared = present < 2 * asked;
        return new ProcessorPlan
        {
            Asked = asked,
            Present = present,
            Workers = workers,
            OfProxies = workers == 1 ? "0" : $"0-{workers - 1}",
            // One proxy's processor takes one of the load, which many need more of.
            OfLoad = asked == 1 ? [1] : isShared ? [.. Enumerable.Range(0, present)] : [.. Enumerable.Range(asked, present - asked)],
            IsShared = isShared,
        };
    }

    /// <summary>The same load, and the proxies on one processor.</summary>
    public ProcessorPlan WithOneWorker() => this with { Workers = 1, OfProxies = "0" };

    /// <summary>Pins all threads of this process, and with them those that they start, to the load's processors.</summary>
    public void PinLoad()
    {
        Span<byte> mask = stackalloc byte[128];
        foreach (var processor in OfLoad.Where(static processor => processor < 8 * 128))
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // A thread that has just ended needs none.
            _ = SetAffinity(int.Parse(Path.GetFileName(task), null), (nuint)mask.Length, mask);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, ReadOnlySpan<byte> mask);
}
