using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Heliograph.Web.Sites.Own;

/// <summary>A page that was written in Markdown.</summary>
internal sealed record MarkdownPage(string Title, string Html, string Excerpt)
{
    private const int ExcerptLength = 240;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().Build();

    /// <param name="text">The Markdown; its first heading is the title.</param>
    /// <param name="name">The title of a page without a heading.</param>
    public static MarkdownPage Read(string text, string name)
    {
        var document = Markdown.Parse(text, Pipeline);
        var title = name;
        if (document.OfType<HeadingBlock>().FirstOrDefault() is { } heading)
        {
            title = PlainText(heading.Inline);
            document.Remove(heading);
        }
        // The title is the only heading of the first level.
        foreach (var other in document.Descendants<HeadingBlock>())
            other.Level = Math.Max(2, other.Level);
        foreach (var link in document.Descendants<LinkInline>())
            link.Url = ToHtml(link.Url);
        var excerpt = document.OfType<ParagraphBlock>().Select(static paragraph => PlainText(paragraph.Inline))
            .FirstOrDefault(static one => one.Length > 0) ?? "";
        return new(title, document.ToHtml(Pipeline), Shorten(excerpt));
    }

    /// <summary>A link to another page of the folder, as it is on the site.</summary>
    private static string? ToHtml(string? url)
    {
        if (url is null || url.Contains("://", StringComparison.Ordinal))
            return url;
        var mark = url.IndexOf('#', StringComparison.Ordinal);
        var (path, rest) = mark < 0 ? (url, "") : (url[..mark], url[mark..]);
        return path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? path[..^3] + ".html" + rest : url;
    }

    private static string PlainText(ContainerInline? inlines) => inlines is null ? ""
        : string.Concat(inlines.Descendants<LeafInline>().Select(static leaf => leaf switch
        {
            LiteralInline literal => literal.Content.ToString(),
            CodeInline code => code.Content,
            LineBreakInline => " ",
            HtmlEntityInline entity => entity.Transcoded.ToString(),
            _ => "",
        })).Trim();

    private static string Shorten(string text) =>
        text.Length <= ExcerptLength ? text : text[..Math.Max(1, text.LastIndexOf(' ', ExcerptLength))] + " …";
}
