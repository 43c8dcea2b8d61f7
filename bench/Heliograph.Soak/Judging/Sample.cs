namespace Heliograph.Soak.Judging;

/// <summary>What one server used at one moment.</summary>
/// <param name="At">Since the start of the run.</param>
/// <param name="Server">Its name.</param>
/// <param name="Disturbance">What was going on; empty: nothing.</param>
/// <param name="Descriptors">Open ones.</param>
/// <param name="UserBytes">Proportional set size.</param>
/// <param name="KernelBytes">
/// The kernel's memory: that of the server's control group, or what the machine's slabs cannot give back; NaN: unknown.
/// </param>
/// <param name="Threads">Its threads.</param>
/// <param name="Latency">Of the first bytes since the last sample, in milliseconds.</param>
internal sealed record Sample(
    TimeSpan At, string Server, string Disturbance, int Descriptors, long UserBytes, double KernelBytes, int Threads, Latency Latency);

/// <summary>Times to the first byte, in milliseconds; NaN: there was none.</summary>
internal sealed record Latency(int Count, double Median, double P99, double Longest)
{
    public static Latency From(List<double> times)
    {
        if (times.Count == 0)
            return new Latency(0, double.NaN, double.NaN, double.NaN);
        times.Sort();
        return new Latency(times.Count, times[times.Count / 2], times[(int)(0.99 * (times.Count - 1))], times[^1]);
    }
}
