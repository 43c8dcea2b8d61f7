using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>Puts texts together from the parts of a grammar.</summary>
internal sealed class TextMaker(byte[] seed, Grammar grammar)
{
    // Words may contain words; anything deeper than this is a circle.
    private const int Deepest = 12;

    // How often a word is drawn anew because the text has it already.
    private const int MostDraws = 6;

    private readonly Dictionary<string, string> kept = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>A text with all its words, beginning with a capital letter.</summary>
    /// <param name="text">The text, with brackets and braces.</param>
    /// <param name="choice">Draws the words.</param>
    /// <param name="date">What the rules of twelve months and four seasons go by.</param>
    public string Fill(string text, SeededChoice choice, DateTimeOffset date)
    {
        used.Clear();
        var filled = Expand(text, choice, date, 0);
        return filled.Length == 0 ? "" : char.ToUpperInvariant(filled[0]) + filled[1..];
    }

    /// <summary>The same for one alternative of a rule.</summary>
    public string FillRule(string rule, SeededChoice choice, DateTimeOffset date) => Fill(choice.Pick(grammar[rule]), choice, date);

    private string Expand(string text, SeededChoice choice, DateTimeOffset date, int depth)
    {
        if (depth > Deepest)
            throw new InvalidOperationException($"The words of the built-in site go in a circle at: {text}");
        var filled = new StringBuilder(text.Length * 2);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is not ('[' or '{'))
            {
                filled.Append(text[at++]);
                continue;
            }
            var end = End(text, at);
            var inner = text[(at + 1)..end];
            filled.Append(text[at] == '{'
                ? Word(inner, choice, date, depth) : Expand(choice.Pick(Grammar.Alternatives(inner)), choice, date, depth + 1));
            at = end + 1;
        }
        return filled.ToString();
    }

    private static int End(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            depth += text[i] is '[' or '{' ? 1 : text[i] is ']' or '}' ? -1 : 0;
            if (depth == 0)
                return i;
        }
        throw new InvalidOperationException($"A bracket is not closed: {text}");
    }

    private string Word(string name, SeededChoice choice, DateTimeOffset date, int depth)
    {
        if (name[0] == '#')
        {
            var ends = name[1..].Split('-');
            return choice.Between(Number(ends[0]), Number(ends[1])).ToString(CultureInfo.InvariantCulture);
        }
        if (name.StartsWith("month", StringComparison.Ordinal))
            return grammar[name][date.Month - 1];
        if (name.StartsWith("season", StringComparison.Ordinal))
            return grammar[name][date.Month % 12 / 3];
        if (char.IsUpper(name[0]))
        {
            if (!kept.TryGetValue(name, out var before))
            {
                // From a stream of its own, so that it does not depend on which text has it first.
                var own = new SeededChoice(seed, $"word {name}");
                kept[name] = before = Expand(own.Pick(grammar[name]), own, date, depth + 1);
            }
            return before;
        }
        for (var draw = 1; ; draw++)
        {
            var word = Expand(choice.Pick(grammar[name]), choice, date, depth + 1);
            if (used.Add($"{name} {word}") || draw == MostDraws)
                return word;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
