using System.Globalization;

namespace Heliograph.Configuration;

/// <summary>
/// Reads the environment: <c>HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m</c>, lists as <c>HELIOGRAPH__DOMAINS=a,b</c> or
/// <c>HELIOGRAPH__DOMAINS__0=a</c>.
/// </summary>
internal sealed class EnvironmentLayer
{
    public const string Prefix = "HELIOGRAPH__";

    private readonly KeyCatalog keys;
    private readonly ConfigurationErrors errors;
    private readonly Layer layer = new();
    private readonly List<(ConfigurationKey Key, int Index, Given Given)> items = [];

    private EnvironmentLayer(KeyCatalog keys, ConfigurationErrors errors)
    {
        this.keys = keys;
        this.errors = errors;
    }

    public static Layer Read(IReadOnlyDictionary<string, string> environment, KeyCatalog keys, ConfigurationErrors errors)
    {
        var reader = new EnvironmentLayer(keys, errors);
        foreach (var (variable, value) in environment.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            if (variable.StartsWith(Prefix, StringComparison.Ordinal))
                reader.Read(variable, value);
        }
        reader.AddItems();
        return reader.layer;
    }

    private void Read(string variable, string value)
    {
        var names = variable[Prefix.Length..].ToLowerInvariant().Split("__");
        var path = string.Join(':', names);
        var parent = keys.Find(string.Join(':', names[..^1]));
        if ((keys.Find(path) ?? parent) is { } quoted && Quotes.Strip(value) is { } bare)
        {
            errors.Add($"{variable}: {quoted.Mask(value)} {Quotes.Describe(quoted.Mask(bare))}");
            value = bare;
        }
        if (keys.Find(path) is { } key)
            layer.SetText(key, value, variable, errors);
        else if (parent?.Shape == KeyShape.List && int.TryParse(names[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            items.Add((parent, index, new(path, value, variable)));
        else if (parent?.Shape == KeyShape.Map)
            layer.AddEntry(parent, names[^1], value, variable);
        else
            errors.Add(variable, keys.Unknown(path, ConfigurationKey.VariableOf));
    }

    /// <summary>The variables that give one item each, in the order of their numbers.</summary>
    private void AddItems()
    {
        foreach (var (key, _, given) in items.OrderBy(static item => item.Index))
        {
            if (layer.OriginOf(key) is { } whole && whole == key.Variable)
                errors.Add(given.Origin, $"{whole} gives the same list; use one of the two ways");
            else
                layer.AddItem(key, given.Value, given.Origin);
        }
    }
}
