using System.Text.RegularExpressions;

namespace Heliograph.Configuration;

/// <summary>Hides what is secret in a text that is to be shown.</summary>
internal static partial class Masked
{
    public const string All = "********";

    /// <summary>
    /// A web address without its query, which may hold a key, and without a user and a password. All that follows the query goes too, as a
    /// comma in it may, or may not, begin the next address of a list.
    /// </summary>
    public static string Address(string text)
    {
        var address = UserInformation().Replace(text, All + "@");
        var query = address.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? address : address[..(query + 1)] + All;
    }

    /// <summary>
    /// The address of a proxy without a user and a password, whatever they are made of: it has no path that could have an @.
    /// </summary>
    public static string Proxy(string text)
    {
        var end = text.LastIndexOf('@');
        var start = text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 && scheme < end ? scheme + 3 : 0;
        return end < 0 ? text : text[..start] + All + text[end..];
    }

    // RFC 3986 section 3.2: what follows //, or was written without it, up to an @ before the path.
    [GeneratedRegex("(?<=^|//)[^/?#]*@", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInformation();
}
