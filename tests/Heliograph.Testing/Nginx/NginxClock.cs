using System.Globalization;
using System.Text.RegularExpressions;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// nginx's clock (ngx_time) stands still while it works, OpenSSL's does not: where a second begins in between, a ticket says that it lasts
/// 86,401 s. That is about one of 300. And two servers that are visited at the same time may see it in different seconds.
/// </summary>
public static partial class NginxClock
{
    /// <summary>
    /// The story of a server, with the other's lifetime of each ticket in place of its own where one second is between them.
    /// </summary>
    public static string Align(string story, string other)
    {
        var theirs = Lifetimes().Matches(other);
        var index = 0;
        return Lifetimes().Replace(story, own =>
        {
            var their = index < theirs.Count ? theirs[index++].Value : own.Value;
            return Math.Abs(Read(own.Value) - Read(their)) == 1 ? their : own.Value;
        });
    }

    private static long Read(string seconds) => long.Parse(seconds, CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<=NewSessionTicket, )[0-9]+(?= s,)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lifetimes();
}
