using System.Diagnostics;

namespace Heliograph.Soak;

/// <summary>The time since the load began.</summary>
internal static class RunClock
{
    public static TimeSpan Now => Stopwatch.GetElapsedTime(Began);

    private static long Began { get; set; } = Stopwatch.GetTimestamp();

    public static void Start() => Began = Stopwatch.GetTimestamp();
}
