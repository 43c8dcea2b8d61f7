using System.Text;
using Heliograph.Web.Sites.BuiltIn.Kinds;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>
/// The web site of an installation whose operator has none: small, ordinary, and generated from the seed, so that no two
/// installations share a page, and one installation shows the same pages after every restart and upgrade.
/// </summary>
internal static class BuiltInSite
{
    // Like the pages of a site that somebody keeps up in the evenings: written over some years, none in the future.
    private static readonly DateTimeOffset Earliest = new(2021, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero);

    public static Site Create(byte[] seed) => new MemorySite(Files(seed));

    public static IReadOnlyList<MemoryFile> Files(byte[] seed)
    {
        var kind = new SeededChoice(seed, "kind").Pick(AllKinds.List);
        var look = Theme.Choose(new SeededChoice(seed, "look"));
        var content = SiteContent.Write(kind, new SeededChoice(seed, "text"), Earliest, Latest);
        var layout = Layout.Choose(new SeededChoice(seed, "layout"), look, content);
        var paths = new SeededChoice(seed, "paths");
        var stylesheet = paths.Pick(
            (string[])["/style.css", "/css/style.css", "/main.css", "/css/site.css", "/theme.css", "/assets/style.css"]);
        var picture = paths.Pick((string[])["/img/header.svg", "/images/banner.svg", "/header.svg", "/assets/hills.svg", "/pics/top.svg"]);

        var made = content.Entries.Max(entry => entry.Date);
        var times = new SeededChoice(seed, "times");
        var files = new List<MemoryFile>();
        void Add(string path, byte[] bytes, DateTimeOffset notBefore) =>
            files.Add(new(path, bytes, notBefore.AddHours(times.Between(17, 22)).AddSeconds(times.Below(3600))));
        void AddPage(string path, string title, string body, DateTimeOffset notBefore) =>
            Add(path, Encoding.UTF8.GetBytes(layout.Page(path, title, body, stylesheet, picture)), notBefore);

        AddPage("/index.html", "", layout.Home(), made.AddDays(times.Below(40)));
        AddPage($"/{content.JournalSlug}/index.html", content.JournalTitle, layout.Journal(), made);
        foreach (var entry in content.Entries)
            AddPage($"/{content.JournalSlug}/{entry.Slug}.html", entry.Title, layout.Entry(entry), entry.Date.AddDays(times.Below(3)));
        foreach (var page in content.Pages)
            AddPage($"/{page.Slug}.html", page.Title, Layout.Plain(page), made.AddDays(-times.Below(300)));
        var begun = content.Entries.Min(entry => entry.Date);
        Add(stylesheet, Encoding.UTF8.GetBytes(Stylesheet.Write(look, layout.Arrangement, picture, new SeededChoice(seed, "css"))), begun);
        Add(picture, Encoding.UTF8.GetBytes(HillPicture.Draw(look, new SeededChoice(seed, "picture"))), begun);
        Add("/favicon.ico", Favicon.Draw(look, new SeededChoice(seed, "icon")), begun);
        return files;
    }
}
