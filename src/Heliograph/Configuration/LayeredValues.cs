using Microsoft.Extensions.Configuration;

namespace Heliograph.Configuration;

/// <summary>
/// The layers joined: the flags over the environment over the file. A list that a higher layer gives replaces the whole list of a lower
/// one; the entries of a map join. Of keys that exclude each other (<see cref="ConfigurationKey.Choice"/>) only those of the highest layer
/// that gives one count.
/// </summary>
internal sealed class LayeredValues
{
    private readonly IReadOnlyList<Layer> highestFirst;

    public LayeredValues(IConfigurationRoot root, KeyCatalog keys)
        : this([.. root.Providers.OfType<Layer>().Reverse()], keys)
    {
    }

    private LayeredValues(IReadOnlyList<Layer> highestFirst, KeyCatalog keys)
    {
        this.highestFirst = highestFirst;
        Keys = keys;
    }

    /// <summary>The keys that there can be.</summary>
    public KeyCatalog Keys { get; }

    /// <summary>One value of one key, written as in its environment variable.</summary>
    public static LayeredValues Single(ConfigurationKey key, string text, ConfigurationErrors errors)
    {
        var layer = new Layer();
        layer.SetText(key, text, key.Variable, errors);
        return new([layer], new([new("", [key])]));
    }

    public Given? Scalar(ConfigurationKey key) =>
        key.Choice is { } choice && LayerOf(choice) is { } chosen ? chosen.Scalar(key) : First(layer => layer.Scalar(key));

    /// <summary>Null: no layer gives the list.</summary>
    public IReadOnlyList<Given>? List(ConfigurationKey key) =>
        highestFirst.Select(layer => layer.Children(key)).FirstOrDefault(static items => items is not null);

    /// <summary>The entries of a map, each from the highest layer that has it, in the order of their names.</summary>
    public IReadOnlyList<Given> Map(ConfigurationKey key)
    {
        var entries = new SortedDictionary<string, Given>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in highestFirst)
        {
            foreach (var given in layer.Children(key) ?? [])
                entries.TryAdd(given.Path, given);
        }
        return [.. entries.Values];
    }

    /// <summary>Where the value of a key comes from; null: it is the default.</summary>
    public string? OriginOf(ConfigurationKey key) =>
        highestFirst.Select(layer => layer.OriginOf(key)).FirstOrDefault(static origin => origin is not null);

    public bool IsGiven(ConfigurationKey key) => OriginOf(key) is not null;

    private Layer? LayerOf(string choice) => highestFirst.FirstOrDefault(layer =>
        Keys.All.Any(key => key.Choice == choice && layer.Scalar(key) is not null));

    private Given? First(Func<Layer, Given?> find) => highestFirst.Select(find).FirstOrDefault(static given => given is not null);
}
