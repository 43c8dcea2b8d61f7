using System.Globalization;
using System.Text;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Web.Sites.Own;

/// <summary>The files of a site, and what its author should look at.</summary>
internal sealed record RenderedSite(IReadOnlyList<MemoryFile> Files, IReadOnlyList<string> Warnings);

/// <summary>Makes a site of a folder, in memory. The look follows from a number in the folder's settings.</summary>
internal static class SiteRenderer
{
    public const int LongestText = 1 << 20;
    public const int LargestFile = 20 << 20;
    public const int MostFiles = 1000;
    public const long MostBytes = 200L << 20;

    /// <summary>Larger ones make a page slow for visitors with little bandwidth.</summary>
    private const int LargePhotograph = 2 << 20;

    private const string NotesFolder = "notes";
    private const string Stylesheet = "/style.css";

    public static RenderedSite Render(string directory)
    {
        RenderedSite? site = null;
        SiteFolder.Guard(directory, () => site = RenderFiles(directory));
        return site!;
    }

    private static RenderedSite RenderFiles(string directory)
    {
        if (!Directory.Exists(directory))
            throw new SiteFolderException($"{directory} does not exist; \"heliograph site new {directory}\" makes it");
        var settingsFile = Path.Combine(directory, SiteSettings.FileName);
        if (!File.Exists(settingsFile))
            throw new SiteFolderException(
                $"{directory} has no {SiteSettings.FileName}; " +
                "\"heliograph site new\" makes a folder that has one");
        var settings = SiteSettings.Read(ReadText(settingsFile));
        var (pages, copies, warnings) = (new List<(string Path, MarkdownPage Page)>(), new List<MemoryFile>(), new List<string>());
        var total = 0L;
        foreach (var path in Sources(directory))
        {
            var file = Path.Combine(directory, path);
            if (path.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
            {
                pages.Add((path, MarkdownPage.Read(ReadText(file), Path.GetFileNameWithoutExtension(path))));
                continue;
            }
            var copy = new MemoryFile("/" + path, ReadCopy(file, path, warnings), new DateTimeOffset(File.GetLastWriteTimeUtc(file)));
            copies.Add(copy);
            if ((total += copy.Content.Length) > MostBytes)
                throw new SiteFolderException($"{directory} has more than {MostBytes >> 20} MB of pictures and other files; take some out");
        }
        if (!pages.Exists(static page => page.Path == "index.md"))
            throw new SiteFolderException($"{directory} has no index.md, which becomes the first page; write one");
        var made = Pages(settings, pages).ToList();
        var twice = made.Concat(copies).GroupBy(static file => file.Path, StringComparer.Ordinal)
            .FirstOrDefault(static group => group.Count() > 1);
        return twice is null ? new([.. made, .. copies], warnings)
            : throw new SiteFolderException($"{directory} has two files that would be {twice.Key} on the site; rename one of them");
    }

    /// <summary>The files of the folder that belong to the site, in the order of their names.</summary>
    private static List<string> Sources(string directory)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            MaxRecursionDepth = 6,
        };
        var sources = Directory.EnumerateFiles(directory, "*", options)
            .Select(path => Path.GetRelativePath(directory, path))
            .Where(static path => !path.Split('/').Any(static part => part.StartsWith('.'))
                && !path.StartsWith(SiteFolder.HtmlFolder + "/", StringComparison.Ordinal)
                && path is not (SiteSettings.FileName or StarterFolder.Instructions))
            .Take(MostFiles + 1).Order(StringComparer.Ordinal).ToList();
        return sources.Count <= MostFiles
            ? sources
            : throw new SiteFolderException($"{directory} has more than {MostFiles} files; take some out");
    }

    private static IEnumerable<MemoryFile> Pages(SiteSettings settings, List<(string Path, MarkdownPage Page)> pages)
    {
        var seed = Encoding.UTF8.GetBytes($"{settings.Look}");
        SeededChoice Choice(string purpose) => new(seed, purpose);
        var look = Theme.Choose(Choice("look"));
        var bones = Skeleton.Choose(Choice("skeleton")) with
        {
            Remark = "",
            OnePage = false,
            StyleInPage = false,
            Picture = PicturePlace.None,
            ShowsExcerpts = true,
        };
        var notes = pages.Select(static page => Note(page.Path, page.Page)).OfType<(ContentEntry Entry, MarkdownPage Page)>()
            .OrderByDescending(static note => note.Entry.Date).ThenBy(static note => note.Entry.Slug, StringComparer.Ordinal).ToList();
        var words = new LayoutWords
        {
            Language = settings.Language,
            Home = Own(settings.Language, "home", Choice("home")),
            More = Own(settings.Language, "more", Choice("more")),
            All = Own(settings.Language, "all", Choice("all")),
            Author = settings.Author,
            Footer = HtmlText.Escape(settings.Author.Length > 0 ? settings.Author : settings.Title),
            Date = static date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        var menu = new List<MenuLink> { new("/", words.Home) };
        if (notes.Count > 0)
            menu.Add(new($"/{NotesFolder}/", settings.Notes));
        menu.AddRange(pages.Where(static page => page.Path != "index.md" && !page.Path.Contains('/', StringComparison.Ordinal))
            .Select(static page => new MenuLink(Html(page.Path), page.Page.Title)));
        var layout = new Layout(
            Choice("layout"), look, bones, new(Stylesheet, null, null, ""), words,
            settings.Title, settings.Tagline, menu);
        var content = new SiteContent
        {
            Name = settings.Title,
            Tagline = settings.Tagline,
            Welcome = [],
            JournalSlug = NotesFolder,
            JournalTitle = settings.Notes,
            Entries = [.. notes.Select(static note => note.Entry)],
            Pages = [],
            Author = settings.Author,
            Made = DateTimeOffset.UnixEpoch,
        };
        static string Link(ContentEntry entry) => $"/{NotesFolder}/{entry.Slug}.html";
        foreach (var (path, page) in pages)
        {
            var html = Html(path);
            var (title, body) = (page.Title, page.Html);
            if (path == "index.md")
                (title, body) = ("", body + (notes.Count > 0 ? layout.Home(content, Link, $"/{NotesFolder}/") : ""));
            else if (Note(path, page) is { } note)
                body = layout.Dated(note.Entry, body, $"/{NotesFolder}/", settings.Notes);
            yield return TextFile(html, layout.Page(html, title, body));
        }
        if (notes.Count > 0)
            yield return TextFile(
                $"/{NotesFolder}/index.html",
                layout.Page($"/{NotesFolder}/", settings.Notes, layout.Journal(content.Entries, Link)));
        yield return TextFile(Stylesheet, BuiltIn.Stylesheet.Write(look, bones, null, Choice("css")));
    }

    private static MemoryFile TextFile(string path, string text) => new(path, Encoding.UTF8.GetBytes(text), DateTimeOffset.UnixEpoch);

    /// <summary>A word of the layout in the site's language, if the built-in site has it, otherwise in English.</summary>
    private static string Own(string language, string rule, SeededChoice choice) =>
        choice.Pick(Grammar.Load(SiteLanguage.Find(language.Split('-')[0]).Code, SiteLanguage.Find(language.Split('-')[0]).Kinds[0])[rule]);

    private static string Html(string path) => $"/{path[..^3]}.html";

    /// <summary><c>notes/2026-05-01-swarm.md</c> is a dated note.</summary>
    private static (ContentEntry Entry, MarkdownPage Page)? Note(string path, MarkdownPage page)
    {
        var name = path[..^3];
        if (!name.StartsWith($"{NotesFolder}/", StringComparison.Ordinal))
            return null;
        name = name[(NotesFolder.Length + 1)..];
        if (name.Length < 10 || name.Contains('/', StringComparison.Ordinal)
            || !DateOnly.TryParseExact(name[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new SiteFolderException(
                $"{path}: the name of a note begins with its date; " +
                $"call it for example {NotesFolder}/2026-05-01-{Path.GetFileName(name)}.md");
        return (new(0, name, page.Title, new(day, TimeOnly.MinValue, TimeSpan.Zero), [page.Excerpt]), page);
    }

    private static string ReadText(string file)
    {
        if (new FileInfo(file).Length > LongestText)
            throw new SiteFolderException($"{file} is longer than {LongestText >> 20} MB; split it");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF')
                .ReplaceLineEndings("\n");
        }
        catch (DecoderFallbackException)
        {
            throw new SiteFolderException($"{file} is not UTF-8 text; save it as UTF-8");
        }
    }

    private static byte[] ReadCopy(string file, string path, List<string> warnings)
    {
        if (new FileInfo(file).Length > LargestFile)
            throw new SiteFolderException($"{file} is larger than {LargestFile >> 20} MB; make it smaller");
        var bytes = File.ReadAllBytes(file);
        var clean = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" => PhotographMetadata.CleanJpeg(bytes),
            ".png" => PhotographMetadata.CleanPng(bytes),
            ".webp" => PhotographMetadata.CleanWebp(bytes),
            ".heic" or ".heif" => throw new SiteFolderException($"{file} is a format that few browsers show; export it as JPEG"),
            ".html" or ".css" or ".js" or ".svg" or ".txt" or ".ico" or ".gif" or ".woff2" or ".xml" or ".json" => bytes,
            _ => Unknown(path, bytes, warnings),
        };
        if (clean is null)
            throw new SiteFolderException($"{file} is not the picture that its name says, or is cut short; export it again");
        if (clean.Length > LargePhotograph)
            warnings.Add($"{path} has {clean.Length / 1048576.0:0.0} MB; visitors wait for it: 1,600 pixels are wide enough");
        return clean;
    }

    private static byte[] Unknown(string path, byte[] bytes, List<string> warnings)
    {
        warnings.Add($"{path} is copied as it is; such files often say who made them, when and where: look before you publish");
        return bytes;
    }
}
