using System.Text.RegularExpressions;

namespace Heliograph.Acme.Protocol;

/// <summary>Makes the authority's text safe for a log line.</summary>
internal static partial class Text
{
    private const int MaxLength = 400;

    /// <summary>One line of limited length, without control characters and without anything as long as a token:
    /// authorities quote tokens and key authorizations in their error details.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "no reason given";
        // Cut first, so that the pattern has little to search.
        var line = text.Length > 4 * MaxLength ? text[..(4 * MaxLength)] : text;
        line = string.Concat(line.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        line = LongWord().Replace(line, "(...)").Trim().TrimEnd('.');
        return line.Length > MaxLength ? line[..MaxLength] + "..." : line;
    }

    /// <summary>Removes the exact secrets first: a short token escapes the pattern.</summary>
    public static string Clean(string? text, IEnumerable<string> secrets) =>
        Clean(
            secrets.Where(secret => secret.Length > 0)
                .Aggregate(text, (left, secret) => left?.Replace(secret, "(...)", StringComparison.Ordinal)));

    // A key authorization is token.thumbprint, 43 characters and more each.
    [GeneratedRegex("[A-Za-z0-9_-]{32,}(\\.[A-Za-z0-9_-]{32,})?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LongWord();
}
