using System.Globalization;

namespace Heliograph.Compare.Measuring;

/// <summary>Ends a measurement before it takes memory that the machine needs.</summary>
internal static class MemoryGuard
{
    /// <summary>What stays free, in bytes.</summary>
    public const long Reserve = 1L << 30;

    /// <param name="available">MemAvailable, in bytes.</param>
    /// <param name="opened">How many connections there are.</param>
    /// <param name="wanted">How many there would be.</param>
    public static void Check(long available, int opened, int wanted)
    {
        if (available < Reserve)
            throw new CompareException(string.Create(
                CultureInfo.InvariantCulture,
                $"stopped at {opened:#,0} of {wanted:#,0} idle connections, because only {available >> 20} MB of memory are left; " +
                $"ask for fewer with --idle"));
    }
}
