using System.Text;

namespace Heliograph.Configuration;

/// <summary>
/// Writes settings as a configuration file that gives the same settings, with where each value that is not a default came from.
/// </summary>
internal static class EffectiveYaml
{
    public static string Write(Settings settings, LayeredValues values)
    {
        var text = new StringBuilder();
        var open = "";
        foreach (var key in values.Keys.All)
        {
            if (key.ToYaml(settings) is not { } value)
                continue;
            open = OpenSections(text, open, key.Path);
            var indent = Indent(key.Path);
            text.Append(indent).Append(key.Path.Split(':')[^1]).Append(':');
            if (key.Shape == KeyShape.Map)
                WriteMap(text.Append('\n'), indent, key, settings, values);
            else
                text.Append(' ').Append(value).Append(Comment(values.OriginOf(key), key.Remark?.Invoke(settings))).Append('\n');
        }
        return text.ToString();
    }

    private static string Comment(string? origin, string? remark)
    {
        var parts = new[] { remark, origin is null ? null : $"from {origin}" }.OfType<string>().ToList();
        return parts.Count == 0 ? "" : "  # " + string.Join(", ", parts);
    }

    private static void WriteMap(StringBuilder text, string indent, ConfigurationKey key, Settings settings, LayeredValues values)
    {
        var origins = values.Map(key)
            .ToDictionary(static given => given.Path, static given => given.Origin, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in key.Entries(settings))
        {
            var from = origins.TryGetValue(KeyCatalog.Join(key.Path, name), out var origin) ? $"  # from {origin}" : "";
            text.Append($"{indent}  {YamlText.Quote(name)}: {value}{from}\n");
        }
    }

    /// <summary>Writes the headings between the section that is open and the key's own.</summary>
    private static string OpenSections(StringBuilder text, string open, string path)
    {
        var names = path.Split(':')[..^1];
        for (var depth = 1; depth <= names.Length; depth++)
        {
            var section = string.Join(':', names[..depth]);
            if (open != section && !open.StartsWith(section + ":", StringComparison.Ordinal))
                text.Append(Indent(section)).Append(names[depth - 1]).Append(":\n");
        }
        return string.Join(':', names);
    }

    private static string Indent(string path) => new(' ', 2 * path.Count(':'));
}
