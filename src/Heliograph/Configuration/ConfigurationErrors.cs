namespace Heliograph.Configuration;

/// <summary>Everything that is wrong with a configuration, gathered so that it can be told at once.</summary>
internal sealed class ConfigurationErrors
{
    /// <summary>A file of another kind, given by mistake, would fill the screen.</summary>
    private const int MostShown = 50;
    private const int LongestValueShown = 100;

    private readonly List<string> lines = [];

    public bool Any => lines.Count > 0;

    /// <summary>One line each: the key, where it stands, its value, what is wrong and what is allowed.</summary>
    public IReadOnlyList<string> Lines => lines.Count <= MostShown ? lines : [.. lines.Take(MostShown), $"and {lines.Count - MostShown} more"];

    /// <summary>Whether something was told of a key, by its name, or of one of its items.</summary>
    public bool Tells(string name) => lines.Any(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is ['.' or ' ' or ':', ..]);

    /// <summary>A value that cannot be used.</summary>
    public void Add(Key key, Given given, string problem) =>
        lines.Add($"{Key.Display(given.Path)} ({given.Origin}): \"{Readable(key.Show(given.Value))}\": {problem}");

    /// <summary>Something at a place of the configuration that is no single value.</summary>
    public void Add(string path, string origin, string problem) => lines.Add($"{Readable(Key.Display(path))} ({origin}): {problem}");

    /// <summary>Something that is missing, or a whole file that cannot be read.</summary>
    public void Add(string subject, string problem) => lines.Add($"{subject}: {problem}");

    /// <summary>A whole line.</summary>
    public void Add(string line) => lines.Add(line);

    /// <summary>Bounded, and without control characters, which could play tricks on a terminal.</summary>
    private static string Readable(string text)
    {
        var shown = text.Length <= LongestValueShown ? text : text[..LongestValueShown] + "…";
        return string.Concat(shown.Select(static c => char.IsControl(c) ? '\uFFFD' : c));
    }
}
