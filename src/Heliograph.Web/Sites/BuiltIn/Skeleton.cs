namespace Heliograph.Web.Sites.BuiltIn;

internal enum NavigationPlace
{
    AboveHeader,
    InHeader,
    BelowHeader,
    Beside,
    AboveFooter,
}

internal enum PicturePlace
{
    None,
    InHeader,
    BehindHeader,
    TopOfPage,
    HomeOnly,
}

internal enum DatePlace
{
    AboveTitle,
    BelowTitle,
    InTitle,
    AtEnd,
}

/// <summary>
/// How the pages are built: which elements, and in which order. Each is chosen apart from the others, so that two sites rarely have
/// the same tree.
/// </summary>
internal sealed record Skeleton
{
    /// <summary>The element around everything, or none.</summary>
    public required string Outer { get; init; }

    public required string Header { get; init; }

    /// <summary>The site's name above a page with a title of its own.</summary>
    public required string Name { get; init; }

    /// <summary>The element of the tagline, or none.</summary>
    public required string Tagline { get; init; }

    public required string Navigation { get; init; }

    /// <summary>The list's element, or none: then the links stand in a line.</summary>
    public required string NavigationList { get; init; }

    public required string Separator { get; init; }

    public required NavigationPlace NavigationPlace { get; init; }

    public required string Main { get; init; }

    /// <summary>The element within it, or none.</summary>
    public required string MainInner { get; init; }

    public required PicturePlace Picture { get; init; }

    /// <summary>The element around the picture, or none.</summary>
    public required string PictureFrame { get; init; }

    public required string Entry { get; init; }

    public required string EntryHeading { get; init; }

    public required DatePlace DatePlace { get; init; }

    public required string Date { get; init; }

    /// <summary>What leads to the whole entry: nothing, a link in the paragraph, one of its own.</summary>
    public required int More { get; init; }

    public required bool ShowsExcerpts { get; init; }

    public required string ListHeading { get; init; }

    public required string List { get; init; }

    /// <summary>How many entries the first page shows.</summary>
    public required int Recent { get; init; }

    public required bool ListComesFirst { get; init; }

    public required bool LinksToAll { get; init; }

    /// <summary>The element of a remark on the first page, or none.</summary>
    public required string Remark { get; init; }

    /// <summary>All entries on one page, instead of one page for each.</summary>
    public required bool OnePage { get; init; }

    public required bool HeadsYears { get; init; }

    public required bool LinksBack { get; init; }

    public required string PageList { get; init; }

    public required string Footer { get; init; }

    /// <summary>The element within the footer, or none.</summary>
    public required string FooterInner { get; init; }

    public required bool FooterHasNavigation { get; init; }

    public required bool FooterHasRule { get; init; }

    public required bool StyleInPage { get; init; }

    /// <summary>Which fields the head has, and their order.</summary>
    public required IReadOnlyList<string> Head { get; init; }

    public static Skeleton Choose(SeededChoice choice)
    {
        var entry = choice.Pick((string[])["article", "div", "section", "li"]);
        return new()
        {
            Outer = choice.Pick((string[])["", "", "div"]),
            Header = choice.Pick((string[])["header", "header", "div"]),
            Name = choice.Pick((string[])["p", "div", "strong"]),
            Tagline = choice.Pick((string[])["p", "p", "div", "span", ""]),
            Navigation = choice.Pick((string[])["nav", "nav", "div"]),
            NavigationList = choice.Pick((string[])["ul", "ul", "ol", "p", ""]),
            Separator = choice.Pick((string[])[" | ", " &middot; ", " / ", "\n", " &bull; "]),
            NavigationPlace = choice.Pick(
                (NavigationPlace[])[
                    NavigationPlace.AboveHeader, NavigationPlace.InHeader, NavigationPlace.BelowHeader, NavigationPlace.BelowHeader,
                    NavigationPlace.Beside, NavigationPlace.AboveFooter,
                ]),
            Main = choice.Pick((string[])["main", "main", "div", "article", "section"]),
            MainInner = choice.Pick((string[])["", "", "", "div", "section"]),
            Picture = choice.Pick(Enum.GetValues<PicturePlace>()),
            PictureFrame = choice.Pick((string[])["", "figure", "p", "div"]),
            Entry = entry,
            EntryHeading = choice.Pick((string[])["h2", "h3", "h3", "p"]),
            DatePlace = choice.Pick(Enum.GetValues<DatePlace>()),
            Date = choice.Pick((string[])["time", "time", "span", "em", "small"]),
            More = choice.Below(3),
            ShowsExcerpts = choice.Chance(65),
            ListHeading = choice.Pick((string[])["h2", "h2", "p", ""]),
            List = entry == "li" ? choice.Pick((string[])["ul", "ol"]) : choice.Pick((string[])["section", "div", "aside", ""]),
            Recent = choice.Between(1, 5),
            ListComesFirst = choice.Chance(25),
            LinksToAll = choice.Chance(45),
            Remark = choice.Pick((string[])["", "", "blockquote", "p", "aside", "div"]),
            OnePage = choice.Chance(30),
            HeadsYears = choice.Chance(30),
            LinksBack = choice.Chance(60),
            PageList = choice.Pick((string[])["ul", "ol", "dl"]),
            Footer = choice.Pick((string[])["footer", "footer", "div", "address"]),
            FooterInner = choice.Pick((string[])["p", "p", "div", "small", ""]),
            FooterHasNavigation = choice.Chance(20),
            FooterHasRule = choice.Chance(25),
            StyleInPage = choice.Chance(20),
            Head = choice.Shuffle(
                ((string[])["viewport", "description", "author", "robots"]).Where(field => field == "viewport" || choice.Chance(45))),
        };
    }
}
