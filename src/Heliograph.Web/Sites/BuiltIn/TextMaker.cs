using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>Fills the words in braces into texts.</summary>
internal sealed class TextMaker
{
    // Words may contain words; anything deeper than this is a cycle.
    private const int Deepest = 8;

    private static readonly string[] Seasons = ["winter", "spring", "summer", "autumn"];

    private readonly SeededChoice choice;
    private readonly Dictionary<string, string[]> words;
    private readonly Dictionary<string, string> kept = new(StringComparer.Ordinal);

    public TextMaker(SeededChoice choice, IReadOnlyDictionary<string, string[]> ofKind)
    {
        this.choice = choice;
        words = SharedWords.For(choice);
        foreach (var (name, values) in ofKind)
            words[name] = values;
    }

    /// <summary>Sets the month and the season to those of a date.</summary>
    public void WriteOn(DateTimeOffset date)
    {
        words["month"] = [date.ToString("MMMM", CultureInfo.InvariantCulture)];
        words["season"] = [Seasons[date.Month % 12 / 3]];
    }

    /// <summary>The text with all words filled in, its sentences beginning with capitals.</summary>
    public string Fill(string text)
    {
        var filled = Fill(text, 0);
        return char.ToUpperInvariant(filled[0]) + filled[1..];
    }

    private string Fill(string text, int depth)
    {
        if (depth > Deepest)
            throw new InvalidOperationException($"The words of the built-in site go in a circle at: {text}");
        var filled = new StringBuilder(text.Length * 2);
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('{', at);
            if (open < 0)
                break;
            var close = text.IndexOf('}', open);
            filled.Append(text, at, open - at).Append(Word(text[(open + 1)..close], depth));
            at = close + 1;
        }
        return filled.Append(text, at, text.Length - at).ToString();
    }

    private string Word(string name, int depth)
    {
        if (kept.TryGetValue(name, out var before))
            return before;
        var word = Fill(choice.Pick(words[name]), depth + 1);
        if (char.IsUpper(name[0]))
            kept[name] = word;
        return word;
    }
}
