namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>
/// Mann and Whitney's test: whether two samples are of one distribution, whatever that is. With samples of hundreds, the rank sum is normal
/// to a good approximation; ties are taken into account.
/// </summary>
internal static class RankTest
{
    /// <returns>The probability of a difference as large as this, or larger, between two samples of one distribution.</returns>
    public static double Compare(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        var all = one.Select(static value => (value, IsOne: true)).Concat(other.Select(static value => (value, IsOne: false)))
            .OrderBy(static sample => sample.value).ToList();
        double rankSum = 0, ties = 0;
        for (var start = 0; start < all.Count;)
        {
            var end = start;
            while (end < all.Count && all[end].value == all[start].value)
                end++;
            double count = end - start;
            ties += (count * count * count) - count;
            rankSum += all[start..end].Count(static sample => sample.IsOne) * (start + end + 1) / 2.0;
            start = end;
        }
        double a = one.Count, b = other.Count, n = a + b;
        var deviation = Math.Sqrt(a * b / 12 * (n + 1 - (ties / (n * (n - 1)))));
        return deviation == 0 ? 1 : Tail(Math.Abs(rankSum - (a * (n + 1) / 2)) / deviation);
    }

    /// <summary>Both tails of the normal distribution (Abramowitz and Stegun 7.1.26).</summary>
    private static double Tail(double z)
    {
        var x = z / Math.Sqrt(2);
        var t = 1 / (1 + (0.3275911 * x));
        return t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-x * x);
    }
}
