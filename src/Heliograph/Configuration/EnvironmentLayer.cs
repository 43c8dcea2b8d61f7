using System.Globalization;

namespace Heliograph.Configuration;

/// <summary>Reads the environment: <c>HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m</c>, lists as <c>HELIOGRAPH__DOMAINS=a,b</c> or <c>HELIOGRAPH__DOMAINS__0=a</c>.</summary>
internal sealed class EnvironmentLayer
{
    public const string Prefix = "HELIOGRAPH__";

    private readonly ConfigurationErrors errors;
    private readonly Layer layer = new();
    private readonly List<(Key Key, int Index, Given Given)> items = [];

    private EnvironmentLayer(ConfigurationErrors errors) => this.errors = errors;

    public static Layer Read(IReadOnlyDictionary<string, string> environment, ConfigurationErrors errors)
    {
        var reader = new EnvironmentLayer(errors);
        foreach (var (variable, value) in environment.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            if (variable.StartsWith(Prefix, StringComparison.Ordinal))
                reader.Read(variable, value);
        }
        reader.AddItems();
        return reader.layer;
    }

    private static string Variable(string path) => Prefix + path.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    private void Read(string variable, string value)
    {
        var names = variable[Prefix.Length..].ToLowerInvariant().Split("__");
        var path = string.Join(':', names);
        var parent = Keys.Find(string.Join(':', names[..^1]));
        if (Keys.Find(path) is { } key)
            ReadWhole(key, variable, value);
        else if (parent?.Kind == KeyKind.List && int.TryParse(names[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            items.Add((parent, index, new(path, value, variable)));
        else if (parent?.Kind == KeyKind.Map)
            layer.AddEntry(parent, names[^1], value, variable);
        else
            errors.Add(variable, Keys.Unknown(path, Variable));
    }

    private void ReadWhole(Key key, string variable, string value)
    {
        switch (key.Kind)
        {
            case KeyKind.Scalar:
                layer.SetScalar(key, value, variable);
                break;
            case KeyKind.List:
                layer.SetList(key, variable);
                foreach (var item in Split(value))
                    layer.AddItem(key, item, variable);
                break;
            default:
                foreach (var entry in Split(value))
                    ReadEntry(key, variable, entry);
                break;
        }
    }

    private void ReadEntry(Key key, string variable, string entry)
    {
        if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
            errors.Add(variable, $"\"{entry}\" is no NAME=VALUE; allowed: {key.Allowed}, written NAME=VALUE and joined by commas");
        else if (!layer.AddEntry(key, name, value, variable))
            errors.Add(variable, $"{name} stands there twice; keep one of the two");
    }

    /// <summary>The variables that give one item each, in the order of their numbers.</summary>
    private void AddItems()
    {
        foreach (var (key, _, given) in items.OrderBy(static item => item.Index))
        {
            if (layer.OriginOf(key) is { } whole && whole == Variable(key.Path))
                errors.Add(given.Origin, $"{whole} gives the same list; use one of the two ways");
            else
                layer.AddItem(key, given.Value, given.Origin);
        }
    }

    private static string[] Split(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
