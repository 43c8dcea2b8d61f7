using Heliograph.Countries;
using Heliograph.Sources;

namespace Heliograph.Status;

/// <summary>Warnings about the lists of sources and the database of countries.</summary>
internal static class SourceWarnings
{
    /// <param name="sources">Null: no source is blocked.</param>
    public static IEnumerable<StatusWarning> FromReport(SourceReport? sources)
    {
        if (sources is null)
            yield break;
        foreach (var list in sources.Failing())
            yield return new(
                "source_list_failed",
                StatusWarning.Warning,
                $"The newest list of sources {list.Name} is not in use: {list.Problem}. " +
                (list.Prefixes is null ? "It counts as empty." : "The last good one stays in use."));
        if (sources.BlocksAll && sources.Allow.All(static list => list.Prefixes is null or 0))
            yield return new(
                "nobody_allowed",
                StatusWarning.Critical,
                "Nobody can use this proxy: sources.block is all, and no list in sources.allow has a prefix.");
    }
    /// <param name="countries">Null: countries are not counted.</param>
    public static IEnumerable<StatusWarning> FromReport(CountryReport? countries) => countries?.Problem is { } problem
        ?
        [
            new(
                "countries_failed",
                StatusWarning.Warning,
                $"The newest database of countries (statistics.countries) is not in use: {problem}."),
        ]
        : [];
}
