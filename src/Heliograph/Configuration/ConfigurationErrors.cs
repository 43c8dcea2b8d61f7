namespace Heliograph.Configuration;

/// <summary>Everything that is wrong with a configuration, collected so that all of it is reported at once.</summary>
internal sealed class ConfigurationErrors
{
    /// <summary>A file of another kind, given by mistake, would fill the screen.</summary>
    private const int MostShown = 50;
    private const int LongestValueShown = 100;

    private readonly List<string> lines = [];

    public bool Any => lines.Count > 0;

    /// <summary>
    /// The file could not be read to its end: what seems to be missing may stand in it, and what seems to contradict it may not.
    /// </summary>
    public bool IsFileIncomplete { get; set; }

    /// <summary>One line each: the key, where it stands, its value, what is wrong and what is allowed.</summary>
    public IReadOnlyList<string> Lines =>
        lines.Count <= MostShown ? Shown : [.. Shown, $"and {lines.Count - MostShown} more"];

    /// <summary>Whether there is an error about a key or a section, given by its name, or about anything in it.</summary>
    public bool Contains(string name) =>
        lines.Any(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is ['.' or ' ' or ':', ..]);

    /// <summary>A value that cannot be used, with what the key allows.</summary>
    public void Refuse(ConfigurationKey key, Given given, string problem) => Add(key, given, $"{problem}; allowed: {key.Allowed}");

    /// <summary>A value that cannot be used.</summary>
    public void Add(ConfigurationKey key, Given given, string problem) =>
        lines.Add($"{ConfigurationKey.Display(given.Path)} ({given.Origin}): \"{Readable(key.Mask(given.Value))}\": {problem}");

    /// <summary>Something at a place of the configuration that is not a single value.</summary>
    public void Add(string path, string origin, string problem) =>
        lines.Add($"{Readable(ConfigurationKey.Display(path))} ({origin}): {problem}");

    /// <summary>Something that is missing, or a whole file that cannot be read.</summary>
    public void Add(string subject, string problem) => lines.Add($"{subject}: {problem}");

    /// <summary>A whole line.</summary>
    public void Add(string line) => lines.Add(line);

    // Whatever a message repeats of the file.
    private IReadOnlyList<string> Shown => [.. lines.Take(MostShown).Select(Printable)];

    private static string Readable(string text) =>
        Printable(text.Length <= LongestValueShown ? text : text[..LongestValueShown] + "…");

    /// <summary>Without control characters, which could play tricks on a terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '\uFFFD' : c));
}
