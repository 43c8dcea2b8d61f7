namespace Heliograph.Web.Sites.BuiltIn;

internal sealed record ContentEntry(int Number, string Slug, string Title, DateTimeOffset Date, IReadOnlyList<string> Paragraphs);

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

    /// <summary>When the site was set up as it is: its year is in the footer. It does not change as time passes.</summary>
    public required DateTimeOffset Made { get; init; }

    public static SiteContent Write(byte[] seed, Grammar grammar, SiteCalendar calendar, DateTimeOffset made)
    {
        var (choice, text) = (new SeededChoice(seed, "text"), new TextMaker(seed, grammar));
        var journal = choice.Pick(grammar["journal"]).Split('/');
        var pages = choice.Shuffle(grammar["page"]).Take(choice.Between(1, 3)).ToList();
        return new()
        {
            Name = text.FillRule("name", choice, made),
            Tagline = text.FillRule("tagline", choice, made),
            Welcome = Paragraphs(choice, text, choice.Shuffle(grammar["welcome"]).Take(choice.Between(2, 5)), made),
            JournalSlug = journal[0],
            JournalTitle = journal[1],
            Author = text.Fill("{Author}", choice, made),
            Made = made,
            Pages = [.. pages.Select(page => WritePage(seed, page.Split('/'), grammar, text, made))],
            Entries = WriteEntries(seed, grammar, text, calendar),
        };
    }

    private static List<ContentEntry> WriteEntries(byte[] seed, Grammar grammar, TextMaker text, SiteCalendar calendar)
    {
        var deck = new SeededChoice(seed, "deck").Shuffle(grammar["entry"].Concat(grammar["aside"]));
        var titles = new SeededChoice(seed, "titles").Shuffle(grammar["title"]);
        var usual = new SeededChoice(seed, "length").Between(4, 7);
        return
        [
            .. calendar.Entries.Select(entry =>
            {
                // Each has its own stream: it does not change when others come.
                var choice = new SeededChoice(seed, $"entry {entry.Number}");
                var title = text.Fill(titles[Modulo(entry.Number, titles.Count)], choice, entry.Date);
                var from = entry.Number * usual;
                var sentences = Enumerable.Range(from, usual - choice.Below(3)).Select(i => deck[Modulo(i, deck.Count)]);
                // The number, because titles come again over the years.
                return new ContentEntry(
                    entry.Number, SlugText.Write(title), title, entry.Date, Paragraphs(choice, text, sentences, entry.Date));
            }),
        ];
    }

    private static ContentPage WritePage(byte[] seed, string[] sketch, Grammar grammar, TextMaker text, DateTimeOffset made)
    {
        var choice = new SeededChoice(seed, $"page {sketch[0]}");
        var sentences = choice.Shuffle(grammar[sketch[2]]);
        sentences = [.. sentences.Take(Math.Max(3, sentences.Count - choice.Below(3)))];
        var isList = choice.Chance(35);
        return new(
            sketch[0], sketch[1],
            isList ? [.. sentences.Select(one => text.Fill(one, choice, made))] : Paragraphs(choice, text, sentences, made),
            isList);
    }

    private static List<string> Paragraphs(SeededChoice choice, TextMaker text, IEnumerable<string> sentences, DateTimeOffset date)
    {
        var paragraphs = new List<string>();
        var rest = new Queue<string>(sentences);
        while (rest.Count > 0)
        {
            var length = choice.Between(1, 4);
            paragraphs.Add(string.Join(
                ' ',
                Enumerable.Range(0, length).TakeWhile(_ => rest.Count > 0).Select(_ => text.Fill(rest.Dequeue(), choice, date)).ToList()));
        }
        return paragraphs;
    }

    private static int Modulo(int number, int count) => ((number % count) + count) % count;
}
