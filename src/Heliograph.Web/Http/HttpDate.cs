using System.Globalization;

namespace Heliograph.Web.Http;

/// <summary>Dates in HTTP (RFC 9110, 5.6.7). As in nginx, the day of the week is ignored.</summary>
internal static class HttpDate
{
    private static readonly string[] AfterComma = ["dd MMM yyyy HH:mm:ss 'GMT'", "dd-MMM-yy HH:mm:ss 'GMT'"];

    public static string Format(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Null if it has none of the three forms.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0)
            return DateTimeOffset.TryParseExact(
                text.AsSpan(comma + 1).Trim(' '), AfterComma, CultureInfo.InvariantCulture, Utc, out var time)
                ? time
                : null;
        // asctime: "Sun Nov  6 08:49:37 1994"
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            return null;
        var rest = text[(space + 1)..].Replace("  ", " ", StringComparison.Ordinal);
        return DateTimeOffset.TryParseExact(rest, "MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, Utc, out var old) ? old : null;
    }
}
