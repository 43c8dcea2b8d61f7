using Heliograph.Relay.Diagnostics;

namespace Heliograph.Countries;

/// <summary>
/// Relayed connections of this week by country, rounded. Part of <c>heliograph status --json</c>, a contract with scripts.
/// </summary>
internal sealed record CountryReport
{
    /// <summary>A country with fewer connections in the week is among the others: a single phone makes some hundreds.</summary>
    public const int Threshold = 1000;

    /// <summary>Sums are given up to the next multiple of this: one phone more or less changes little.</summary>
    public const int Step = 200;

    /// <summary>The code of a country that the database does not know.</summary>
    private const string Unknown = "??";

    /// <summary><c>2026-W48</c>.</summary>
    public required string Period { get; init; }

    /// <summary>Two letters (ISO 3166-1), and the connections; the most first.</summary>
    public required IReadOnlyList<CountrySum> Countries { get; init; }

    /// <summary>Connections of all other countries, and of addresses that the database does not know.</summary>
    public required long Others { get; init; }

    /// <summary>Why the newest database is not in use; null: it is.</summary>
    public string? Problem { get; init; }

    /// <param name="period">The week.</param>
    /// <param name="sums">Exact.</param>
    /// <param name="problem">Why the newest database is not in use.</param>
    public static CountryReport Create(string period, IReadOnlyDictionary<string, long> sums, string? problem)
    {
        var shown = sums.Where(static one => one.Value >= Threshold && one.Key != Unknown).ToList();
        return new()
        {
            Period = period,
            Countries =
            [
                .. shown.Select(static one => new CountrySum(one.Key, RoundedCount.Up(one.Value, Step)))
                    .OrderByDescending(static one => one.Connections).ThenBy(static one => one.Code, StringComparer.Ordinal),
            ],
            Others = RoundedCount.Up(sums.Values.Sum() - shown.Sum(static one => one.Value), Step),
            Problem = problem,
        };
    }
}

/// <param name="Code">Two letters (ISO 3166-1).</param>
/// <param name="Connections">Rounded.</param>
internal sealed record CountrySum(string Code, long Connections);
