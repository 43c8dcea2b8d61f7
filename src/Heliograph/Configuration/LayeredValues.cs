using Microsoft.Extensions.Configuration;

namespace Heliograph.Configuration;

/// <summary>The layers joined: the flags over the environment over the file. A list that a higher layer gives replaces the lower one's whole; a map's entries join.</summary>
internal sealed class LayeredValues
{
    private readonly IReadOnlyList<Layer> highestFirst;

    public LayeredValues(IConfigurationRoot root) => highestFirst = [.. root.Providers.OfType<Layer>().Reverse()];

    public Given? Scalar(Key key)
    {
        foreach (var layer in highestFirst)
        {
            if (layer.Scalar(key) is { } given)
                return given;
        }
        return null;
    }

    /// <summary>Null: no layer gives the list.</summary>
    public IReadOnlyList<Given>? List(Key key)
    {
        foreach (var layer in highestFirst)
        {
            if (layer.Children(key) is { } items)
                return items;
        }
        return null;
    }

    /// <summary>The entries of a map, each from the highest layer that has it, in the order of their names.</summary>
    public IReadOnlyList<Given> Map(Key key)
    {
        var entries = new SortedDictionary<string, Given>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in highestFirst)
        {
            foreach (var given in layer.Children(key) ?? [])
                entries.TryAdd(given.Path, given);
        }
        return [.. entries.Values];
    }

    /// <summary>Those of some keys that exclude each other which the highest layer gives that gives any: the choice of a higher layer stands in for the lower one's.</summary>
    public IReadOnlyList<Given> Choice(params ReadOnlySpan<Key> keys)
    {
        foreach (var layer in highestFirst)
        {
            var chosen = new List<Given>();
            foreach (var key in keys)
            {
                if (layer.Scalar(key) is { } given)
                    chosen.Add(given);
            }
            if (chosen.Count > 0)
                return chosen;
        }
        return [];
    }

    /// <summary>Where the value of a key comes from; null: it is the default.</summary>
    public string? OriginOf(Key key) => highestFirst.Select(layer => layer.OriginOf(key)).FirstOrDefault(static origin => origin is not null);
}
