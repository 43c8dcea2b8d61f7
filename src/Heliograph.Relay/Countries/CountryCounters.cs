namespace Heliograph.Relay.Countries;

/// <summary>How many connections were relayed for each country since the start. In memory only. From any thread.</summary>
internal sealed class CountryCounters
{
    private readonly long[] relayed = new long[Country.Count];

    public void Count(Country country) => Interlocked.Increment(ref relayed[country.Index]);

    /// <summary>Only the countries of which there was one.</summary>
    public IReadOnlyDictionary<string, long> Read()
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var index = 0; index < relayed.Length; index++)
        {
            if (Volatile.Read(ref relayed[index]) is > 0 and var count)
                sums.Add(new Country(index).Code, count);
        }
        return sums;
    }
}
