namespace Heliograph.Configuration;

/// <summary>Keys that are explained together.</summary>
/// <param name="Title">The heading of the reference page above them.</param>
/// <param name="Keys">In the order in which they are documented and shown.</param>
internal sealed record KeyGroup(string Title, IReadOnlyList<ConfigurationKey> Keys);

/// <summary>The keys that a configuration may have.</summary>
internal sealed class KeyCatalog(IReadOnlyList<KeyGroup> groups)
{
    public IReadOnlyList<KeyGroup> Groups { get; } = groups;

    /// <summary>In the order in which they are documented and shown.</summary>
    public IReadOnlyList<ConfigurationKey> All { get; } = [.. groups.SelectMany(static group => group.Keys)];

    public static string Join(string section, string name) => section.Length == 0 ? name : section + ":" + name;

    public ConfigurationKey? Find(string path) => All.FirstOrDefault(key => key.Path == path);

    public bool IsSection(string path) => All.Any(key => key.Path.StartsWith(path + ":", StringComparison.Ordinal));

    /// <summary>Whether keys and sections stand right below it: it is a section, or the top ("").</summary>
    public bool Holds(string section) => section.Length == 0 || IsSection(section);

    /// <summary>The names that may stand right below a section ("" for the top).</summary>
    public IEnumerable<string> NamesIn(string section)
    {
        var prefix = section.Length == 0 ? "" : section + ":";
        return All.Where(key => key.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(key => key.Path[prefix.Length..].Split(':')[0])
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>The sentence for a key that does not exist.</summary>
    /// <param name="path">What was given.</param>
    /// <param name="display">How the layer it was given in writes a path.</param>
    public string Unknown(string path, Func<string, string> display)
    {
        var colon = path.LastIndexOf(':');
        var section = colon < 0 ? "" : path[..colon];
        var near = Suggestion.Nearest(path[(colon + 1)..], NamesIn(section));
        var there = near is null ? null : Join(section, near);
        // A key that stands in the wrong section is as common a slip as a misspelt one.
        there ??= All.FirstOrDefault(key => key.Path.EndsWith(":" + path[(colon + 1)..], StringComparison.OrdinalIgnoreCase))?.Path;
        if (there is not null)
            return $"there is no such key; did you mean {display(there)}?";
        var known = IsSection(section) ? section : "";
        var names = NamesIn(known).Select(name => display(Join(known, name)));
        return $"there is no such key; there are: {string.Join(", ", names)}";
    }
}
