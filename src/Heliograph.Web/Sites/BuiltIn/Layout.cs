using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

internal enum Arrangement
{
    Column,
    SideMenu,
    WideBanner,
    Cards,
}

/// <summary>Puts content into HTML, in one of several arrangements.</summary>
internal sealed class Layout
{
    private readonly Theme look;
    private readonly SiteContent content;
    private readonly string homeLabel;
    private readonly string dateFormat;
    private readonly string readMore;
    private readonly string footer;
    private readonly string language;
    private readonly string indent;
    private readonly bool showsExcerpts;

    private Layout(SeededChoice choice, Theme look, SiteContent content)
    {
        this.look = look;
        this.content = content;
        Arrangement = choice.Pick(Enum.GetValues<Arrangement>());
        homeLabel = choice.Pick((string[])["Home", "Start", "Welcome", "Front page"]);
        dateFormat = choice.Pick((string[])["d MMMM yyyy", "MMMM d, yyyy", "yyyy-MM-dd", "dd.MM.yyyy", "d MMM yyyy"]);
        readMore = choice.Pick((string[])["Read more", "More", "Continue", "Read on", "&rarr;", "The rest"]);
        var year = content.Entries[0].Date.Year;
        footer = choice.Pick(
            (string[])
                [
                    $"&copy; {year} {Escape(content.Name)}",
                    $"{Escape(content.Name)}, {year}",
                    $"{Escape(content.Author)}, {year}",
                    $"Last changed in {content.Entries[0].Date.ToString("MMMM yyyy", CultureInfo.InvariantCulture)}",
                    $"Written by {Escape(content.Author)}. Made by hand.",
                    $"&copy; {content.Entries[^1].Date.Year - 2}&ndash;{year} {Escape(content.Author)}",
                ]);
        language = choice.Pick((string[])["en", "en-GB", "en"]);
        indent = choice.Pick((string[])["", "  ", "    ", "\t"]);
        showsExcerpts = choice.Chance(60);
    }

    public Arrangement Arrangement { get; }

    public static Layout Choose(SeededChoice choice, Theme look, SiteContent content) => new(choice, look, content);

    public string Page(string path, string title, string body, string stylesheet, string picture)
    {
        var names = look.Names;
        var fullTitle = title.Length == 0 ? $"{content.Name}: {content.Tagline}" : $"{title} | {content.Name}";
        var html = new StringBuilder();
        void Line(int depth, string text) => html.Append(string.Concat(Enumerable.Repeat(indent, depth))).Append(text).Append('\n');
        Line(0, "<!DOCTYPE html>");
        Line(0, $"<html lang=\"{language}\">");
        Line(0, "<head>");
        Line(1, "<meta charset=\"utf-8\">");
        Line(1, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Line(1, $"<title>{Escape(fullTitle)}</title>");
        if (title.Length == 0)
            Line(1, $"<meta name=\"description\" content=\"{Escape(content.Tagline)}\">");
        Line(1, $"<link rel=\"stylesheet\" href=\"{stylesheet}\">");
        Line(0, "</head>");
        Line(0, "<body>");
        Line(1, $"<header class=\"{names.Top}\">");
        if (Arrangement == Arrangement.Column)
            Line(2, $"<img src=\"{picture}\" alt=\"\" width=\"1200\" height=\"260\">");
        Line(
            2,
            title.Length == 0
                ? $"<h1>{Escape(content.Name)}</h1>"
                : $"<p class=\"{names.Top}-name\"><a href=\"/\">{Escape(content.Name)}</a></p>");
        Line(2, $"<p class=\"{names.Lead}\">{Escape(content.Tagline)}</p>");
        Line(1, "</header>");
        Line(1, $"<nav class=\"{names.Menu}\">");
        Line(2, "<ul>");
        foreach (var (link, label) in Menu())
            Line(
                3,
                link == path || link + "index.html" == path
                    ? $"<li><a href=\"{link}\" aria-current=\"page\">{Escape(label)}</a></li>"
                    : $"<li><a href=\"{link}\">{Escape(label)}</a></li>");
        Line(2, "</ul>");
        Line(1, "</nav>");
        Line(1, $"<main class=\"{names.Main}\">");
        if (title.Length > 0)
            Line(2, $"<h1>{Escape(title)}</h1>");
        foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Line(2, line);
        Line(1, "</main>");
        Line(1, $"<footer class=\"{names.Foot}\">");
        Line(2, $"<p>{footer}</p>");
        Line(1, "</footer>");
        Line(0, "</body>");
        Line(0, "</html>");
        return html.ToString();
    }

    public string Home()
    {
        var recent = content.Entries.Take(Arrangement == Arrangement.Cards ? 4 : 3);
        return Text(content.Welcome) +
            $"<section class=\"{look.Names.Side}\">\n<h2>{Escape(content.JournalTitle)}</h2>\n" +
            string.Concat(recent.Select(Teaser)) +
            "</section>\n";
    }

    public string Journal() => string.Concat(content.Entries.Select(Teaser));

    public string Entry(ContentEntry entry) =>
        $"<p class=\"{look.Names.Date}\">{Time(entry.Date)}</p>\n{Text(entry.Paragraphs)}<p><a " +
        $"href=\"/{content.JournalSlug}/\">{Escape(content.JournalTitle)}</a></p>\n";

    public static string Plain(ContentPage page) =>
        page.IsList
            ? "<ul>\n" + string.Concat(page.Paragraphs.Select(item => $"<li>{Escape(item)}</li>\n")) + "</ul>\n"
            : Text(page.Paragraphs);

    private IEnumerable<(string Link, string Label)> Menu()
    {
        yield return ("/", homeLabel);
        yield return ($"/{content.JournalSlug}/", content.JournalTitle);
        foreach (var page in content.Pages)
            yield return ($"/{page.Slug}.html", page.Title);
    }

    private string Teaser(ContentEntry entry)
    {
        var link = $"/{content.JournalSlug}/{entry.Slug}.html";
        var excerpt =
            showsExcerpts || Arrangement == Arrangement.Cards
                ? $"<p>{Escape(entry.Paragraphs[0])} <a href=\"{link}\">{readMore}</a></p>\n"
                : "";
        return $"<article class=\"{look.Names.Entry}\">\n<h3><a href=\"{link}\">{Escape(entry.Title)}</a></h3>\n<p " +
            $"class=\"{look.Names.Date}\">{Time(entry.Date)}</p>\n{excerpt}</article>\n";
    }

    private string Time(DateTimeOffset date) =>
        $"<time datetime=\"{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\">" +
        $"{date.ToString(dateFormat, CultureInfo.InvariantCulture)}</time>";

    private static string Text(IEnumerable<string> paragraphs) =>
        string.Concat(paragraphs.Select(paragraph => $"<p>{Escape(paragraph)}</p>\n"));

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);
}
