namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>A page in the menu. No sentence is used twice.</summary>
internal sealed record PageSketch(string Slug, string Title, IReadOnlyList<string> Sentences);

/// <summary>
/// What one kind of site is about. Texts may name words in braces: those of the kind, and those all kinds share
/// (<see cref="SharedWords"/>). A name with a capital letter keeps its value throughout a site.
/// </summary>
internal sealed record SiteKind
{
    /// <summary>Names of the site.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required IReadOnlyList<string> Taglines { get; init; }

    public required IReadOnlyList<string> Welcome { get; init; }

    /// <summary>The name of the dated entries, in the menu and in the path.</summary>
    public required IReadOnlyList<(string Slug, string Title)> Journal { get; init; }

    public required IReadOnlyList<string> EntryTitles { get; init; }

    public required IReadOnlyList<string> EntrySentences { get; init; }

    public required IReadOnlyList<PageSketch> Pages { get; init; }

    public required IReadOnlyDictionary<string, string[]> Words { get; init; }
}
