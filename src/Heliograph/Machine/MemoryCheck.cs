using Heliograph.Relay.Limits;

namespace Heliograph.Machine;

/// <summary>Checks how many connections the memory of the machine, or of the container, is enough for.</summary>
internal static class MemoryCheck
{
    public const string Name = "memory";
    private const long Megabyte = 1024 * 1024;

    /// <summary>Twice what the process uses when idle.</summary>
    private const long Least = 160 * Megabyte;

    public static Finding Run() => Evaluate(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public static Finding Evaluate(long bytes)
    {
        var seen = $"{bytes / Megabyte} MB, enough for {ConnectionLimit.Derive(long.MaxValue, bytes)} connections at once";
        return bytes < Least
            ? new(
                Name,
                Severity.Warning,
                seen,
                "The system may kill the program when it has more connections than that: give the machine 256 MB, or set " +
                "limits.max_connections.")
            : new(Name, Severity.Ok, seen);
    }
}
