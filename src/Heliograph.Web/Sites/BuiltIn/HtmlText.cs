namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>Text in HTML.</summary>
internal static class HtmlText
{
    public static string Paragraphs(IEnumerable<string> paragraphs) =>
        string.Concat(paragraphs.Select(static paragraph => $"<p>{Escape(paragraph)}</p>\n"));

    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);
}
