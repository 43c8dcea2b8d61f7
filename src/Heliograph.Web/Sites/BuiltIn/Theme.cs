namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>Colours, type and arrangement of one site.</summary>
internal sealed record Theme
{
    public required int Hue { get; init; }

    public required bool IsDark { get; init; }

    public required string Ink { get; init; }

    public required string Paper { get; init; }

    public required string Panel { get; init; }

    public required string Accent { get; init; }

    public required string Faint { get; init; }

    public required string TextFont { get; init; }

    public required string HeadingFont { get; init; }

    public required int Width { get; init; }

    public required int Radius { get; init; }

    public required int FontSize { get; init; }

    public required LayoutNames Names { get; init; }

    public static Theme Choose(SeededChoice choice)
    {
        var hue = choice.Below(360);
        var accentHue = (hue + choice.Pick((int[])[0, 20, 150, 180, 210, 330])) % 360;
        var isDark = choice.Chance(18);
        var tint = choice.Between(8, 40);
        return new()
        {
            Hue = hue,
            IsDark = isDark,
            Ink = isDark ? $"hsl({hue},{tint}%,{choice.Between(84, 92)}%)" : $"hsl({hue},{tint}%,{choice.Between(12, 20)}%)",
            Paper = isDark ? $"hsl({hue},{tint}%,{choice.Between(9, 14)}%)" : $"hsl({hue},{tint}%,{choice.Between(95, 99)}%)",
            Panel = isDark ? $"hsl({hue},{tint}%,{choice.Between(16, 20)}%)" : $"hsl({hue},{tint}%,{choice.Between(88, 93)}%)",
            Accent = isDark
                ? $"hsl({accentHue},{choice.Between(45, 70)}%,{choice.Between(62, 72)}%)"
                : $"hsl({accentHue},{choice.Between(45, 75)}%,{choice.Between(26, 36)}%)",
            Faint = isDark ? $"hsl({hue},{tint}%,{choice.Between(55, 65)}%)" : $"hsl({hue},{tint}%,{choice.Between(38, 46)}%)",
            TextFont = choice.Pick(Fonts),
            HeadingFont = choice.Pick(Fonts),
            Width = choice.Between(40, 66),
            Radius = choice.Pick((int[])[0, 0, 2, 4, 6, 10, 14]),
            FontSize = choice.Between(16, 19),
            Names = LayoutNames.Choose(choice),
        };
    }

    private static readonly string[] Fonts =
    [
        "Georgia, 'Times New Roman', serif", "'Palatino Linotype', Palatino, 'Book Antiqua', serif",
        "Charter, 'Bitstream Charter', Cambria, serif", "'Gill Sans', Calibri, sans-serif",
        "system-ui, -apple-system, 'Segoe UI', sans-serif", "Verdana, Geneva, sans-serif",
        "'Trebuchet MS', 'Lucida Grande', sans-serif", "Optima, Candara, 'Noto Sans', sans-serif",
        "Helvetica, Arial, sans-serif", "Seravek, 'Gill Sans Nova', Ubuntu, sans-serif", "'Iowan Old Style', 'Sitka Text', serif",
    ];
}

/// <summary>The names of a page's parts in its HTML and CSS; two people would choose different ones.</summary>
internal sealed record LayoutNames(string Top, string Menu, string Main, string Entry, string Date, string Side, string Foot, string Lead,
    string Wrap, string Columns, string Inner, string Picture, string More, string Remark)
{
    public static LayoutNames Choose(SeededChoice choice) => new(
        choice.Pick((string[])["masthead", "site-header", "top", "banner", "page-head", "hd", "head-wrap", "titlebar"]),
        choice.Pick((string[])["menu", "nav", "main-nav", "links", "navigation", "site-menu", "tabs"]),
        choice.Pick((string[])["content", "main", "text", "page", "body-text", "column", "wrap"]),
        choice.Pick((string[])["entry", "post", "item", "card", "piece", "story", "note"]),
        choice.Pick((string[])["date", "when", "meta", "posted", "byline", "stamp"]),
        choice.Pick((string[])["side", "aside", "sidebar", "more", "extra", "margin"]),
        choice.Pick((string[])["foot", "footer", "site-footer", "bottom", "colophon", "ft"]),
        choice.Pick((string[])["lead", "intro", "tagline", "summary", "strap", "sub"]),
        choice.Pick((string[])["wrap-all", "container", "outer", "box", "site", "paper", "frame"]),
        choice.Pick((string[])["columns", "cols", "body", "two", "layout", "middle", "grid"]),
        choice.Pick((string[])["inner", "in", "inside", "prose", "copy", "block"]),
        choice.Pick((string[])["picture", "pic", "image", "figure", "visual", "illustration"]),
        choice.Pick((string[])["readmore", "onward", "link", "rest", "go-on", "next"]),
        choice.Pick((string[])["remark", "quote", "hint", "notice", "say", "callout"]));
}
