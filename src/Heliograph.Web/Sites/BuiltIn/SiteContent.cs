using System.Globalization;

namespace Heliograph.Web.Sites.BuiltIn;

internal sealed record ContentEntry(string Slug, string Title, DateTimeOffset Date, IReadOnlyList<string> Paragraphs);

internal sealed record ContentPage(string Slug, string Title, IReadOnlyList<string> Paragraphs, bool IsList);

/// <summary>All the text of one site.</summary>
internal sealed record SiteContent
{
    public required string Name { get; init; }

    public required string Tagline { get; init; }

    public required IReadOnlyList<string> Welcome { get; init; }

    public required string JournalSlug { get; init; }

    public required string JournalTitle { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<ContentEntry> Entries { get; init; }

    public required IReadOnlyList<ContentPage> Pages { get; init; }

    public required string Author { get; init; }

    public static SiteContent Write(SiteKind kind, SeededChoice choice, DateTimeOffset earliest, DateTimeOffset latest)
    {
        var text = new TextMaker(choice, kind.Words);
        var (slug, title) = choice.Pick(kind.Journal);
        return new()
        {
            Name = text.Fill(choice.Pick(kind.Names)),
            Tagline = text.Fill(choice.Pick(kind.Taglines)),
            Welcome = Paragraphs(choice, text, choice.Shuffle(kind.Welcome).Skip(choice.Below(2))),
            JournalSlug = slug,
            JournalTitle = title,
            Author = text.Fill("{First} {Last}"),
            Pages = [.. kind.Pages.Select(page => WritePage(page, choice, text))],
            // Last, because they set the month and the season to their dates.
            Entries = WriteEntries(kind, choice, text, earliest, latest),
        };
    }

    private static List<ContentEntry> WriteEntries(
        SiteKind kind, SeededChoice choice, TextMaker text, DateTimeOffset earliest, DateTimeOffset latest)
    {
        var count = choice.Between(4, 6);
        var titles = choice.Shuffle(kind.EntryTitles);
        var deck = new Queue<string>(choice.Shuffle(kind.EntrySentences));
        // Weeks or months pass between entries, as on a real site.
        var date = latest.AddDays(-choice.Below(400)).Date;
        var entries = new List<ContentEntry>();
        var each = deck.Count / count;
        for (var i = 0; i < count; i++)
        {
            text.WriteOn(new DateTimeOffset(date, TimeSpan.Zero));
            var title = text.Fill(titles[i]);
            var sentences = Enumerable
                .Range(0, Math.Max(3, each - choice.Below(2)))
                .TakeWhile(_ => deck.Count > 0)
                .Select(_ => deck.Dequeue());
            var stamp = new DateTimeOffset(date, TimeSpan.Zero);
            entries.Add(new(Slug(title), title, stamp, Paragraphs(choice, text, sentences.ToList())));
            date = date.AddDays(-choice.Between(9, 140));
            if (date < earliest.Date)
                break;
        }
        return entries;
    }

    private static ContentPage WritePage(PageSketch sketch, SeededChoice choice, TextMaker text)
    {
        var sentences = choice.Shuffle(sketch.Sentences).Take(Math.Max(4, sketch.Sentences.Count - choice.Below(3))).ToList();
        var isList = choice.Chance(35);
        return new(sketch.Slug, sketch.Title, isList ? [.. sentences.Select(text.Fill)] : Paragraphs(choice, text, sentences), isList);
    }

    private static List<string> Paragraphs(SeededChoice choice, TextMaker text, IEnumerable<string> sentences)
    {
        var paragraphs = new List<string>();
        var rest = new Queue<string>(sentences);
        while (rest.Count > 0)
        {
            var length = choice.Between(2, 3);
            paragraphs.Add(string.Join(
                ' ', Enumerable.Range(0, length).TakeWhile(_ => rest.Count > 0).Select(_ => text.Fill(rest.Dequeue())).ToList()));
        }
        return paragraphs;
    }

    private static string Slug(string title)
    {
        var plain = title.ToLowerInvariant().Normalize(System.Text.NormalizationForm.FormD)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-');
        return string.Join('-', string.Concat(plain).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }
}
