using System.Globalization;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The paths of one site's files: in which folders, and under what names.</summary>
internal sealed record SiteAddresses
{
    private bool HasPageFolders { get; init; }

    private int EntryForm { get; init; }

    private string Journal { get; init; } = "";

    public required string Stylesheet { get; init; }

    public required string Picture { get; init; }

    public required string VectorIcon { get; init; }

    /// <summary>The page that has all entries.</summary>
    public string JournalPath => HasPageFolders || EntryForm < 3 ? $"/{Journal}/" : $"/{Journal}.html";

    public static SiteAddresses Choose(SeededChoice choice, string journal)
    {
        var folder = choice.Pick((string[])["/", "/", "/css/", "/assets/", "/static/", "/files/", "/_/", "/s/"]);
        var pictures = choice.Pick((string[])["/", "/img/", "/images/", "/pics/", "/bilder/", "/media/", "/assets/", "/static/", "/i/"]);
        return new()
        {
            Journal = journal,
            HasPageFolders = choice.Chance(30),
            EntryForm = choice.Below(6),
            Stylesheet = folder + choice.Pick((string[])["style", "main", "site", "theme", "styles", "base", "look", "screen"]) + ".css",
            Picture = pictures + choice.Pick((string[])["header", "top", "banner", "title", "front", "cover", "drawing", "deco"]) + ".svg",
            VectorIcon = pictures + choice.Pick((string[])["icon", "favicon", "logo", "mark"]) + ".svg",
        };
    }

    public string Page(ContentPage page) => HasPageFolders ? $"/{page.Slug}/" : $"/{page.Slug}.html";

    public string Entry(ContentEntry entry)
    {
        var (day, month) =
            (entry.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
             entry.Date.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return EntryForm switch
        {
            0 => $"/{Journal}/{day}-{entry.Slug}.html",
            1 => $"/{Journal}/{month.Replace('-', '/')}/{entry.Slug}.html",
            2 => $"/{Journal}/{day}.html",
            3 => $"/{month}-{entry.Slug}.html",
            // Those before the installation have negative numbers.
            4 => $"/{Journal}-{entry.Number + 20}.html",
            _ => $"/{Journal}/{day}/",
        };
    }

    /// <summary>The file that is served at a path.</summary>
    public static string File(string path) => path.EndsWith('/') ? path + "index.html" : path;
}
