using System.Globalization;

namespace Heliograph.Compare.Rest;

/// <summary>What processes hold, and how often their threads have run so far.</summary>
internal sealed record RestUse
{
    public required long ResidentBytes { get; init; }

    /// <summary>Each thread's waits that have ended (voluntary_ctxt_switches), and turns on a processor (schedstat).</summary>
    public required IReadOnlyDictionary<string, (long WakeUps, long Turns)> Threads { get; init; }

    public static RestUse Of(IEnumerable<int> processes)
    {
        var all = processes.ToList();
        return new RestUse
        {
            ResidentBytes = all.Sum(static process => Field($"/proc/{process}/status", "VmRSS:") * 1024),
            Threads = all
                .SelectMany(static process => Directory.EnumerateDirectories($"/proc/{process}/task"))
                .ToDictionary(static task => task, Count, StringComparer.Ordinal),
        };
    }

    public long WakeUpsSince(RestUse before) =>
        Threads.Sum(pair => pair.Value.WakeUps - before.Threads.GetValueOrDefault(pair.Key).WakeUps);

    public long TurnsSince(RestUse before) =>
        Threads.Sum(pair => pair.Value.Turns - before.Threads.GetValueOrDefault(pair.Key).Turns);

    private static (long WakeUps, long Turns) Count(string task) => (
        Field(Path.Combine(task, "status"), "voluntary_ctxt_switches:"),
        long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[2], CultureInfo.InvariantCulture));

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
