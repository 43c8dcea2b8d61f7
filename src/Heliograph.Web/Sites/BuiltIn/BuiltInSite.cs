using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>
/// The web site of an installation whose operator has none: small, ordinary, and generated from the seed, so that no two
/// installations share a page, and one installation shows the same pages after every restart and upgrade. From time to time an entry
/// is added, at moments that follow from the seed.
/// </summary>
internal static class BuiltInSite
{
    public static Site Create(DecoySeed seed, string language, DateTimeOffset now) =>
        new MemorySite(Files(seed, language, now, out var next)) { ChangesAt = next, Change = later => Create(seed, language, later) };

    /// <summary>All files as of now.</summary>
    public static IReadOnlyList<MemoryFile> Files(DecoySeed seed, string language, DateTimeOffset now) => Files(seed, language, now, out _);

    private static List<MemoryFile> Files(DecoySeed seed, string code, DateTimeOffset now, out DateTimeOffset next)
    {
        SeededChoice Choice(string purpose) => new(seed.Random, purpose);
        var language = SiteLanguage.Find(code);
        var calendar = SiteCalendar.At(seed.Random, seed.InstalledOn, now);
        next = calendar.Next;
        var grammar = Grammar.Load(language.Code, Choice("kind").Pick(language.Kinds));
        var installed = new DateTimeOffset(seed.InstalledOn, TimeOnly.MinValue, TimeSpan.Zero);
        var content = SiteContent.Write(seed.Random, grammar, calendar, installed);
        var (look, bones) = (Theme.Choose(Choice("look")), Skeleton.Choose(Choice("skeleton")));
        var addresses = SiteAddresses.Choose(Choice("paths"), content.JournalSlug);
        var icon = Favicon.Draw(look, Choice("icon"));
        var paths = new SitePaths(
            bones.StyleInPage ? null : addresses.Stylesheet,
            bones.Picture == PicturePlace.None ? null : addresses.Picture,
            icon.Type.Length == 0 ? null : icon.Type == Favicon.Vector ? addresses.VectorIcon : "/favicon.ico",
            icon.Type);
        var words = LayoutWords.Choose(Choice("words"), language, grammar, content);
        var style = Stylesheet.Write(look, bones, paths.Picture, Choice("css"));
        MenuLink[] menu =
        [
            new("/", words.Home), new(addresses.JournalPath, content.JournalTitle),
            .. content.Pages.Select(page => new MenuLink(addresses.Page(page), page.Title)),
        ];
        var layout = new Layout(Choice("layout"), look, bones, paths, words, content.Name, content.Tagline, menu)
        {
            Style = bones.StyleInPage ? style : null,
        };
        string Link(ContentEntry entry) =>
            bones.OnePage ? $"{addresses.JournalPath}#{Layout.Anchor(entry)}" : addresses.Entry(entry);

        var dates = new FileTimes(Choice("times"), calendar, installed);
        var files = new List<MemoryFile>();
        void AddPage(string path, string title, string body, DateTimeOffset time) =>
            files.Add(new(SiteAddresses.File(path), Encoding.UTF8.GetBytes(layout.Page(path, title, body)), time));
        void AddAsset(string path, byte[] bytes) => files.Add(new(path, bytes, dates.Asset()));

        AddPage("/", "", layout.Home(content, Link, addresses.JournalPath), dates.Front);
        AddPage(addresses.JournalPath, content.JournalTitle, layout.Journal(content.Entries, Link), dates.Journal);
        foreach (var page in content.Pages)
            AddPage(addresses.Page(page), page.Title, layout.Plain(page), dates.Page());
        if (paths.Stylesheet is not null)
            AddAsset(paths.Stylesheet, Encoding.UTF8.GetBytes(style));
        if (paths.Picture is not null)
            AddAsset(paths.Picture, Encoding.UTF8.GetBytes(Drawing.Draw(look, Choice("picture"))));
        if (paths.Icon is not null)
            AddAsset(paths.Icon, icon.Content);
        foreach (var entry in bones.OnePage ? [] : content.Entries)
            AddPage(
                addresses.Entry(entry), entry.Title,
                layout.Entry(entry, addresses.JournalPath, content.JournalTitle),
                dates.Entry(entry));
        return files;
    }
}
