namespace Heliograph.Fuzz;

/// <summary>Where bytes are cut: the same places for the same number of bytes, so that a fault can be replayed.</summary>
internal static class Lengths
{
    private const int Most = 64;

    /// <summary>Every prefix of few bytes; of many, those at even distances.</summary>
    public static IEnumerable<int> OfPrefixes(int length)
    {
        var count = Math.Min(length, Most);
        for (var number = 0; number < count; number++)
            yield return (int)((long)length * number / count);
    }
}
