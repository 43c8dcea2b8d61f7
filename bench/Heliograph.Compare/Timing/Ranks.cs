namespace Heliograph.Compare.Timing;

/// <summary>What can be said of two sets of times.</summary>
internal static class Ranks
{
    public static double Median(IEnumerable<double> times) => Quantile(times, 0.5);

    public static double Quantile(IEnumerable<double> times, double which)
    {
        var sorted = times.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * which)];
    }

    /// <summary>
    /// The area under the curve (Mann-Whitney): how often a prober who has seen one time of each, and knows which of the two servers is
    /// slower, says rightly which is which. 0.5 is a guess.
    /// </summary>
    public static double Auc(IReadOnlyList<double> some, IReadOnlyList<double> others)
    {
        var sorted = others.Order().ToArray();
        var won = some.Sum(time =>
        {
            var below = LowerBound(sorted, time, orEqual: false);
            return below + ((LowerBound(sorted, time, orEqual: true) - below) / 2.0);
        });
        var area = won / ((double)some.Count * others.Count);
        return Math.Max(area, 1 - area);
    }

    /// <summary>How many are less than a time, or equal to it.</summary>
    private static int LowerBound(double[] sorted, double time, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < time || (orEqual && sorted[middle] <= time))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
