using System.Globalization;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Reporting;

/// <summary>Every sample, a line each, written as it is taken: a run that is killed leaves what it has seen.</summary>
internal sealed class CsvTable : IDisposable
{
    public const string Head =
        "seconds,server,disturbance,descriptors,user_bytes,kernel_bytes,threads,clients,"
        + "first_byte_median_ms,first_byte_p99_ms,first_byte_longest_ms";

    private readonly StreamWriter writer;

    public CsvTable(string file)
    {
        writer = new StreamWriter(file) { AutoFlush = true };
        writer.WriteLine(Head);
    }

    public void Write(Sample sample) => writer.WriteLine(Line(sample));

    public void Dispose() => writer.Dispose();

    internal static string Line(Sample sample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.At.TotalSeconds:0.0},{sample.Server},{sample.Disturbance},{sample.Descriptors}," +
        $"{sample.UserBytes},{Known(sample.KernelBytes, "0")},{sample.Threads},{sample.Latency.Count}," +
        $"{Known(sample.Latency.Median)},{Known(sample.Latency.P99)},{Known(sample.Latency.Longest)}");

    private static string Known(double value, string format = "0.0") =>
        double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
