using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>What the pages refer to: their paths on this site.</summary>
internal sealed record SitePaths(string? Stylesheet, string? Picture, string? Icon, string IconType);

/// <summary>A link of the menu.</summary>
internal sealed record MenuLink(string Path, string Label);

/// <summary>Puts content into HTML, on one site's skeleton.</summary>
internal sealed class Layout
{
    private readonly Theme look;
    private readonly Skeleton bones;
    private readonly SitePaths paths;
    private readonly LayoutWords words;
    private readonly string name;
    private readonly string tagline;
    private readonly IReadOnlyList<MenuLink> menu;
    private readonly string indent;
    private readonly bool endsBlocks;
    private readonly int titleForm;

    public Layout(
        SeededChoice choice, Theme look, Skeleton bones, SitePaths paths, LayoutWords words, string name, string tagline,
        IReadOnlyList<MenuLink> menu)
    {
        (this.look, this.bones, this.paths, this.words) = (look, bones, paths, words);
        (this.name, this.tagline, this.menu) = (name, tagline, menu);
        indent = choice.Pick((string[])["", "  ", "    ", "\t"]);
        endsBlocks = choice.Chance(30);
        titleForm = choice.Below(5);
    }

    /// <summary>The rules for a page's <c>style</c> element, or null.</summary>
    public string? Style { get; init; }

    /// <param name="path">Its own path.</param>
    /// <param name="title">Its title; "" for the first page.</param>
    /// <param name="body">What is in it, a line for each element.</param>
    public string Page(string path, string title, string body)
    {
        var html = new StringBuilder();
        var depth = 0;
        void Line(string text) =>
            html.Append(text.Length == 0 ? "" : string.Concat(Enumerable.Repeat(indent, depth))).Append(text).Append('\n');
        void Lines(string text)
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Line(line);
        }
        void Open(string element, string mark)
        {
            if (element.Length == 0)
                return;
            Line($"<{element} class=\"{mark}\">");
            depth++;
        }
        void Close(string element)
        {
            if (element.Length == 0)
                return;
            depth--;
            Line($"</{element}>");
            if (endsBlocks)
                Line("");
        }
        var names = look.Names;
        Line("<!DOCTYPE html>");
        Line($"<html lang=\"{words.Language}\">");
        Line("<head>");
        depth++;
        Lines(Head(title));
        depth--;
        Line("</head>");
        Line("<body>");
        depth++;
        Open(bones.Outer, names.Wrap);
        if (bones.NavigationPlace == NavigationPlace.AboveHeader)
            Lines(Navigation(path, names.Menu));
        Open(bones.Header, names.Top);
        if (bones.Picture == PicturePlace.InHeader)
            Lines(Picture());
        Line(title.Length == 0
            ? $"<h1>{HtmlText.Escape(name)}</h1>"
            : $"<{bones.Name} class=\"{names.Top}-name\"><a href=\"/\">{HtmlText.Escape(name)}</a></{bones.Name}>");
        if (bones.Tagline.Length > 0 && tagline.Length > 0)
            Line($"<{bones.Tagline} class=\"{names.Lead}\">{HtmlText.Escape(tagline)}</{bones.Tagline}>");
        if (bones.NavigationPlace == NavigationPlace.InHeader)
            Lines(Navigation(path, names.Menu));
        Close(bones.Header);
        var columns = bones.NavigationPlace == NavigationPlace.Beside ? "div" : "";
        if (bones.NavigationPlace == NavigationPlace.BelowHeader)
            Lines(Navigation(path, names.Menu));
        Open(columns, names.Columns);
        if (bones.NavigationPlace == NavigationPlace.Beside)
            Lines(Navigation(path, names.Menu));
        Open(bones.Main, names.Main);
        if (bones.Picture == PicturePlace.TopOfPage || (bones.Picture == PicturePlace.HomeOnly && title.Length == 0))
            Lines(Picture());
        Open(bones.MainInner, names.Inner);
        if (title.Length > 0)
            Line($"<h1>{HtmlText.Escape(title)}</h1>");
        // Preformatted text stays as it was written.
        if (body.Contains("<pre", StringComparison.Ordinal))
            html.Append(body);
        else
            Lines(body);
        Close(bones.MainInner);
        Close(bones.Main);
        Close(columns);
        if (bones.NavigationPlace == NavigationPlace.AboveFooter)
            Lines(Navigation(path, names.Menu));
        if (bones.FooterHasRule)
            Line("<hr>");
        Open(bones.Footer, names.Foot);
        if (bones.FooterHasNavigation && bones.NavigationPlace != NavigationPlace.AboveFooter)
            Lines(Navigation(path, $"{names.Foot}-{names.Menu}"));
        Line(Wrapped(bones.FooterInner, words.Footer));
        Close(bones.Footer);
        Close(bones.Outer);
        depth--;
        Line("</body>");
        Line("</html>");
        return html.ToString();
    }

    public string Home(SiteContent content, Func<ContentEntry, string> link, string allPath)
    {
        var list = new StringBuilder();
        if (bones.ListHeading.Length > 0)
            list.Append(
                Element(
                    bones.ListHeading, bones.ListHeading == "p" ? $"{look.Names.Side}-title" : "",
                    HtmlText.Escape(content.JournalTitle)));
        list.Append(
            Within(
                bones.List, look.Names.Side,
                string.Concat(content.Entries.Take(bones.Recent).Select(entry => Teaser(entry, link(entry))))));
        if (bones.LinksToAll)
            list.Append(Element("p", look.Names.More, $"<a href=\"{allPath}\">{HtmlText.Escape(words.All)}</a>"));
        var welcome = HtmlText.Paragraphs(content.Welcome.Skip(bones.Remark.Length > 0 ? 1 : 0));
        var remark = bones.Remark.Length == 0 ? "" : Within(
            bones.Remark == "p" ? "" : bones.Remark, look.Names.Remark,
            Element("p", bones.Remark == "p" ? look.Names.Remark : "", HtmlText.Escape(content.Welcome[0])));
        return bones.ListComesFirst ? remark + list + welcome : welcome + list + remark;
    }

    public string Journal(IReadOnlyList<ContentEntry> entries, Func<ContentEntry, string> link)
    {
        var list = new StringBuilder();
        var groups = bones.HeadsYears
            ? entries.GroupBy(static entry => entry.Date.Year).Select(static group => ($"{group.Key}", group.ToList()))
            : [("", [.. entries])];
        foreach (var (year, ofYear) in groups)
        {
            if (year.Length > 0)
                list.Append(Element("h2", "", year));
            list.Append(Within(
                bones.List, look.Names.Side,
                string.Concat(ofYear.Select(entry => bones.OnePage ? Whole(entry) : Teaser(entry, link(entry))))));
        }
        return list.ToString();
    }

    public string Entry(ContentEntry entry, string journalPath, string journalTitle) =>
        Dated(entry, HtmlText.Paragraphs(entry.Paragraphs), journalPath, journalTitle);

    /// <summary>The page of an entry whose text is HTML already.</summary>
    public string Dated(ContentEntry entry, string html, string journalPath, string journalTitle) =>
        (bones.DatePlace == DatePlace.AtEnd ? "" : Element("p", look.Names.Date, Time(entry.Date)))
        + html.TrimEnd('\n') + "\n"
        + (bones.DatePlace == DatePlace.AtEnd ? Element("p", look.Names.Date, Time(entry.Date)) : "")
        + (bones.LinksBack ? Element("p", look.Names.More, $"<a href=\"{journalPath}\">{HtmlText.Escape(journalTitle)}</a>") : "");

    public string Plain(ContentPage page) => !page.IsList ? HtmlText.Paragraphs(page.Paragraphs)
        : bones.PageList == "dl"
            ? Within("dl", "", string.Concat(page.Paragraphs.Select((item, i) => $"<dt>{i + 1}.</dt>\n<dd>{HtmlText.Escape(item)}</dd>\n")))
            : Within(bones.PageList, "", string.Concat(page.Paragraphs.Select(static item => $"<li>{HtmlText.Escape(item)}</li>\n")));

    /// <summary>A date as this site writes it.</summary>
    public string Time(DateTimeOffset date)
    {
        var text = words.Date(date);
        var machine = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return bones.Date == "time" ? $"<time datetime=\"{machine}\">{text}</time>" : $"<{bones.Date}>{text}</{bones.Date}>";
    }

    private string Head(string title)
    {
        var full = title.Length == 0
            ? (tagline.Length > 0 && titleForm < 2 ? $"{name}: {tagline}" : name)
            : titleForm switch
            {
                0 => $"{title} | {name}",
                1 => $"{title} - {name}",
                2 => $"{name} - {title}",
                3 => $"{name}: {title}",
                _ => title,
            };
        var lines = new List<string> { "<meta charset=\"utf-8\">" };
        foreach (var field in bones.Head)
        {
            lines.Add(field switch
            {
                "viewport" => "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
                "description" when tagline.Length > 0 => $"<meta name=\"description\" content=\"{HtmlText.Escape(tagline)}\">",
                "author" when words.Author.Length > 0 => $"<meta name=\"author\" content=\"{HtmlText.Escape(words.Author)}\">",
                "robots" => "<meta name=\"robots\" content=\"index, follow\">",
                _ => "",
            });
        }
        lines.Insert(
            titleForm % lines.Count + 1 > lines.Count ? 1 : (titleForm % lines.Count) + 1,
            $"<title>{HtmlText.Escape(full)}</title>");
        if (paths.Icon is not null && paths.Icon != "/favicon.ico")
            lines.Add($"<link rel=\"icon\" href=\"{paths.Icon}\" type=\"{paths.IconType}\">");
        if (paths.Stylesheet is not null)
            lines.Add($"<link rel=\"stylesheet\" href=\"{paths.Stylesheet}\">");
        if (Style is not null)
            lines.Add($"<style>\n{Style}</style>");
        return string.Join('\n', lines);
    }

    private string Navigation(string path, string mark)
    {
        var links = menu.Select(link => link.Path == path || link.Path + "index.html" == path
            ? $"<a href=\"{link.Path}\" aria-current=\"page\">{HtmlText.Escape(link.Label)}</a>"
            : $"<a href=\"{link.Path}\">{HtmlText.Escape(link.Label)}</a>");
        // Beside the text each link has a line of its own.
        var separator = bones.NavigationPlace == NavigationPlace.Beside ? "\n" : bones.Separator;
        var inner = bones.NavigationList switch
        {
            "ul" or "ol" => Within(bones.NavigationList, "", string.Concat(links.Select(static link => $"<li>{link}</li>\n"))),
            "p" => $"<p>{string.Join(separator, links)}</p>\n",
            _ => string.Join(separator, links) + "\n",
        };
        return Within(bones.Navigation, mark, inner);
    }

    private string Picture() => paths.Picture is null
        ? "" : Within(bones.PictureFrame, look.Names.Picture, $"<img src=\"{paths.Picture}\" alt=\"\">\n");

    private string Teaser(ContentEntry entry, string link)
    {
        var text = new StringBuilder(Heading(entry, link));
        var more = $"<a href=\"{link}\">{HtmlText.Escape(words.More)}</a>";
        if (bones.ShowsExcerpts)
            text.Append(Element("p", "", HtmlText.Escape(entry.Paragraphs[0]) + (bones.More == 1 ? $" {more}" : "")));
        if (bones.ShowsExcerpts && bones.More == 2)
            text.Append(Element("p", look.Names.More, more));
        if (bones.DatePlace == DatePlace.AtEnd)
            text.Append(Element("p", look.Names.Date, Time(entry.Date)));
        return Within(bones.Entry, look.Names.Entry, text.ToString());
    }

    private string Whole(ContentEntry entry) => $"<{bones.Entry} class=\"{look.Names.Entry}\" id=\"{Anchor(entry)}\">\n"
        + Heading(entry, null) + HtmlText.Paragraphs(entry.Paragraphs)
        + (bones.DatePlace == DatePlace.AtEnd ? Element("p", look.Names.Date, Time(entry.Date)) : "") + $"</{bones.Entry}>\n";

    /// <summary>Where an entry is on the page that has them all.</summary>
    public static string Anchor(ContentEntry entry) => $"{entry.Slug}-{entry.Date.ToString("yyMMdd", CultureInfo.InvariantCulture)}";

    private string Heading(ContentEntry entry, string? link)
    {
        var title = link is null ? HtmlText.Escape(entry.Title) : $"<a href=\"{link}\">{HtmlText.Escape(entry.Title)}</a>";
        if (bones.DatePlace == DatePlace.InTitle)
            title += $" {Time(entry.Date)}";
        var heading = bones.EntryHeading == "p" ? $"<p><strong>{title}</strong></p>\n" : Element(bones.EntryHeading, "", title);
        var date = Element("p", look.Names.Date, Time(entry.Date));
        return bones.DatePlace switch { DatePlace.AboveTitle => date + heading, DatePlace.BelowTitle => heading + date, _ => heading };
    }

    private static string Wrapped(string element, string text) => element.Length == 0 ? text : $"<{element}>{text}</{element}>";

    private static string Element(string element, string mark, string text) =>
        mark.Length == 0 ? $"<{element}>{text}</{element}>\n" : $"<{element} class=\"{mark}\">{text}</{element}>\n";

    private static string Within(string element, string mark, string lines) => element.Length == 0 ? lines
        : mark.Length == 0 ? $"<{element}>\n{lines}</{element}>\n" : $"<{element} class=\"{mark}\">\n{lines}</{element}>\n";
}
