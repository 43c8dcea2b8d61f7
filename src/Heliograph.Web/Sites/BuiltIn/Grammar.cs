using System.Collections.Frozen;
using System.Reflection;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>
/// The parts of which the texts of one kind of site in one language are put together: rules, each with its alternatives. A text may contain
/// <c>[this|or this]</c>, the name of a rule in braces, and <c>{#3-9}</c> for a number. A rule whose name has a capital letter has one
/// value throughout a site.
/// </summary>
/// <remarks>
/// A line is <c>name: alternative | alternative</c>; one that begins with a space continues it, and a name that comes again adds to its
/// rule. A sentence is put together from parts, so that two sites rarely share a whole one: see docs/operating/web-site.md.
/// </remarks>
internal sealed class Grammar
{
    private readonly FrozenDictionary<string, string[]> rules;

    private Grammar(Dictionary<string, List<string>> rules) =>
        this.rules = rules.ToFrozenDictionary(static rule => rule.Key, static rule => rule.Value.ToArray(), StringComparer.Ordinal);

    public IEnumerable<string> Names => rules.Keys;

    /// <summary>The alternatives of a rule.</summary>
    public IReadOnlyList<string> this[string rule] => rules.TryGetValue(rule, out var alternatives)
        ? alternatives : throw new InvalidOperationException($"The texts of the built-in site have no rule {rule}.");

    /// <summary>What is shared by all kinds of a language, and what one kind adds.</summary>
    public static Grammar Load(string language, string kind)
    {
        var rules = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        Read(Resource($"{language}/common"), rules);
        Read(Resource($"{language}/{kind}"), rules);
        return new(rules);
    }

    /// <summary>Parts the alternatives of a text, at the bars that are in no brackets.</summary>
    public static IReadOnlyList<string> Alternatives(string text)
    {
        var (parts, depth, start) = (new List<string>(), 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] is '[' ? 1 : text[i] is ']' ? -1 : 0;
            if (depth > 0 || text[i] != '|')
                continue;
            parts.Add(text[start..i]);
            start = i + 1;
        }
        parts.Add(text[start..]);
        return parts;
    }

    private static void Read(string text, Dictionary<string, List<string>> rules)
    {
        var (name, line) = ("", new StringBuilder());
        foreach (var next in text.Split('\n').Append(""))
        {
            if (next.StartsWith(' '))
            {
                line.Append(' ').Append(next.Trim());
                continue;
            }
            if (line.Length > 0)
            {
                if (!rules.TryGetValue(name, out var alternatives))
                    rules[name] = alternatives = [];
                alternatives.AddRange(Alternatives(line.ToString()).Select(static one => one.Trim()));
                line.Clear();
            }
            if (next.Length == 0 || next[0] == ';')
                continue;
            var colon = next.IndexOf(':', StringComparison.Ordinal);
            name = next[..colon];
            line.Append(next, colon + 1, next.Length - colon - 1);
        }
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{name}.txt")
            ?? throw new InvalidOperationException($"The built-in site has no texts {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
