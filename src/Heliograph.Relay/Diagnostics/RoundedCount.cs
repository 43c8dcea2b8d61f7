using System.Globalization;

namespace Heliograph.Relay.Diagnostics;

/// <summary>Rounds a figure before it leaves the process, as Tor rounds the statistics of its bridges.</summary>
/// <remarks>docs/operating/status.md says what this hides, and from whom.</remarks>
public static class RoundedCount
{
    /// <summary>
    /// Counts are given up to the next multiple of this, as Tor gives its bridges' (dir-spec, "rounded up to the nearest multiple of 8").
    /// </summary>
    public const int Step = 8;

    /// <summary>Bytes are given up to the next multiple of this.</summary>
    public const int ByteStep = 1_000_000;

    /// <summary>Up to the next multiple of <see cref="Step"/>; 0 stays 0.</summary>
    public static long Up(long count) => Up(count, Step);

    /// <summary>For a sentence: "0", or "up to 24".</summary>
    public static string Describe(long count) =>
        count <= 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"up to {Up(count)}");

    /// <summary>Up to the next multiple of <see cref="ByteStep"/>; 0 stays 0.</summary>
    public static long UpBytes(long bytes) => Up(bytes, ByteStep);

    /// <summary>Up to the next multiple of a step; 0 stays 0.</summary>
    public static long Up(long value, int step) =>
        value <= 0 ? 0 : value > long.MaxValue - step ? value : (value + step - 1) / step * step;
}
