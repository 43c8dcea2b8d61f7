using System.Text.RegularExpressions;

namespace Heliograph.Configuration;

/// <summary>
/// Quotes that became part of a value. A shell and YAML take one pair away; Docker's env_file, systemd's Environment= in the middle of a
/// word and a second pair leave them in. No value of ours begins and ends with a quote.
/// </summary>
internal static partial class Quotes
{
    /// <summary>The text without its quotes; null: it is in none.</summary>
    public static string? Strip(string text) => text is ['"', .. var one, '"'] ? one : text is ['\'', .. var other, '\''] ? other : null;

    /// <summary>What is wrong with a text in quotes.</summary>
    /// <param name="bare">The text without them, as it may be shown.</param>
    public static string Describe(string bare) => $"stands in quotes that are part of the value here; write it without them: {bare}";

    /// <summary>What is wrong with a line of YAML that has a text in two pairs of quotes: an empty text, and then something else.</summary>
    public static string? FindDoubled(string line) => Doubled().Match(line) is { Success: true } found
        ? $"{found.Value} has its quotes twice; write \"{found.Groups["bare"].Value}\""
        : null;

    [GeneratedRegex(
        """(?<quote>["'])\k<quote>(?<bare>[^"'\s\p{Cc}]{1,256})\k<quote>\k<quote>""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Doubled();
}
