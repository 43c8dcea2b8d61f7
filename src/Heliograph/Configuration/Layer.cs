using Microsoft.Extensions.Configuration;

namespace Heliograph.Configuration;

/// <summary>A value and where it was given.</summary>
/// <param name="Path">The key's path, with the index of a list's item or the name of a map's.</param>
/// <param name="Value">The text as it was given.</param>
/// <param name="Origin">For people: <c>file:line</c>, the name of an environment variable, or a flag.</param>
internal readonly record struct Given(string Path, string Value, string Origin);

/// <summary>
/// The file, the environment or the flags, as a provider of Microsoft.Extensions.Configuration that remembers where each value stood.
/// </summary>
internal sealed class Layer : ConfigurationProvider, IConfigurationSource
{
    private readonly Dictionary<string, string> origins = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> children = new(StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void SetScalar(ConfigurationKey key, string value, string origin)
    {
        Set(key.Path, value);
        origins[key.Path] = origin;
    }

    /// <summary>Adds to the list at <paramref name="key"/>.</summary>
    public void AddItem(ConfigurationKey key, string value, string origin) =>
        AddChild(key, ChildrenOf(key).Count.ToString(), value, origin);

    /// <summary>Adds to the map at <paramref name="key"/>. False: the name is already there.</summary>
    public bool AddEntry(ConfigurationKey key, string name, string value, string origin)
    {
        if (origins.ContainsKey(KeyCatalog.Join(key.Path, name)))
            return false;
        AddChild(key, name, value, origin);
        return true;
    }

    /// <summary>Gives the list at <paramref name="key"/>, still empty.</summary>
    public void SetList(ConfigurationKey key, string origin)
    {
        children.TryAdd(key.Path, []);
        // As Microsoft's JSON provider writes an empty list.
        Set(key.Path, "");
        origins[key.Path] = origin;
    }

    /// <summary>
    /// A whole value in one text: the items of a list joined by commas, the entries of a map written as NAME=VALUE and joined likewise.
    /// </summary>
    public void SetText(ConfigurationKey key, string text, string origin, ConfigurationErrors errors)
    {
        switch (key.Shape)
        {
            case KeyShape.Scalar:
                SetScalar(key, text, origin);
                break;
            case KeyShape.List:
                SetList(key, origin);
                foreach (var item in Split(text))
                    AddItem(key, item, origin);
                break;
            default:
                foreach (var entry in Split(text))
                    AddText(key, entry, origin, errors);
                break;
        }
    }

    public Given? Scalar(ConfigurationKey key) =>
        TryGet(key.Path, out var value) && value is not null ? new(key.Path, value, origins[key.Path]) : null;

    /// <summary>The items of a list or the entries of a map; null where this layer says nothing of it.</summary>
    public IReadOnlyList<Given>? Children(ConfigurationKey key) => children.ContainsKey(key.Path)
        ? [.. ChildrenOf(key).Select(path => new Given(path, Data[path] ?? "", origins[path]))]
        : null;

    /// <summary>Where a list or scalar stands in this layer.</summary>
    public string? OriginOf(ConfigurationKey key) => origins.GetValueOrDefault(key.Path)
        ?? (ChildrenOf(key) is [var first, ..] ? origins[first] : null);

    /// <summary>The items of a list that is written in one text.</summary>
    public static string[] Split(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private void AddText(ConfigurationKey key, string entry, string origin, ConfigurationErrors errors)
    {
        if (key.Kind.Words.Contains(entry, StringComparer.Ordinal))
            AddEntry(key, "*", entry, origin);
        else if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
            errors.Add(origin, $"\"{entry}\" is not NAME=VALUE; allowed: {key.Allowed}, written NAME=VALUE and joined by commas");
        else if (!AddEntry(key, name, value, origin))
            errors.Add(origin, $"{name} is given twice; remove one of the two");
    }

    private void AddChild(ConfigurationKey key, string name, string value, string origin)
    {
        var path = KeyCatalog.Join(key.Path, name);
        children.TryAdd(key.Path, []);
        children[key.Path].Add(path);
        Set(path, value);
        origins[path] = origin;
    }

    private List<string> ChildrenOf(ConfigurationKey key) => children.GetValueOrDefault(key.Path) ?? [];
}
