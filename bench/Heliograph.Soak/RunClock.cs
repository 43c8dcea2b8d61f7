using System.Diagnostics;

namespace Heliograph.Soak;

/// <summary>The time since the load began.</summary>
internal static class RunClock
{
    private static long began = Stopwatch.GetTimestamp();

    public static TimeSpan Now => Stopwatch.GetElapsedTime(began);

    public static void Start() => began = Stopwatch.GetTimestamp();
}
