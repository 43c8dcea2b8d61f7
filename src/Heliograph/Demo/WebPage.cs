using System.Net;
using System.Text;

namespace Heliograph.Demo;

/// <summary>A web page as text: enough HTML to show a page of the decoy on a terminal.</summary>
internal sealed record WebPage(string Title, IReadOnlyList<string> Lines)
{
    // Inline elements; any other ends the line. A list is mostly a menu, and reads well on one line.
    private static readonly string[] Inline = ["a", "b", "i", "em", "strong", "span", "code", "small", "time", "abbr", "li"];

    public static WebPage Read(string html)
    {
        var title = Between(html, "<title>", "</title>");
        var body = html.IndexOf("<body", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? html[at..] : html;
        return new WebPage(Clean(title), [.. Text(body).Split('\n').Select(Clean).Where(static line => line.Length > 0)]);
    }

    private static string Between(string text, string from, string to)
    {
        var start = text.IndexOf(from, StringComparison.OrdinalIgnoreCase);
        var end = start < 0 ? -1 : text.IndexOf(to, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? "" : text[(start + from.Length)..end];
    }

    private static string Text(string html)
    {
        var text = new StringBuilder();
        var rest = html.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('<') is >= 0 and var found ? found : rest.Length;
            text.Append(rest[..open].ToString().ReplaceLineEndings(" "));
            rest = rest[open..];
            if (rest.IsEmpty)
                break;
            var close = rest.IndexOf('>') is >= 0 and var end ? end : rest.Length - 1;
            if (!IsInline(rest[1..close]))
                text.Append('\n');
            rest = rest[(close + 1)..];
        }
        return text.ToString();
    }

    private static bool IsInline(ReadOnlySpan<char> tag)
    {
        var name = tag.TrimStart('/');
        var end = name.IndexOfAny(' ', '\n', '/');
        return Inline.Contains((end < 0 ? name : name[..end]).ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One line without entities, runs of spaces, or anything that a terminal would obey.</summary>
    private static string Clean(string text) =>
        string.Join(
            ' ',
            string.Concat(WebUtility.HtmlDecode(text).Select(static letter => char.IsControl(letter) ? ' ' : letter))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
