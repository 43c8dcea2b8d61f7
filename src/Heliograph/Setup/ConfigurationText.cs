using System.Text;
using Heliograph.Configuration;

namespace Heliograph.Setup;

/// <summary>Writes the configuration file of a new installation: what was given as it is, the rest as comments with the defaults.</summary>
internal static class ConfigurationText
{
    private static readonly Settings Defaults = new() { Domains = [] };

    /// <param name="settings">What was given, read and checked.</param>
    /// <param name="values">Which keys were given.</param>
    public static string Write(Settings settings, LayeredValues values)
    {
        var text = new StringBuilder(ConfigurationTemplate.Heading).Append('\n');
        var open = "";
        foreach (var entry in Entries(settings, values))
        {
            var section = SectionOf(entry.Key);
            if (section != open || section.Length == 0)
                text.Append('\n');
            if (section != open && section.Length > 0)
                text.Append(section).Append(":\n");
            open = section;
            var indent = section.Length == 0 ? "" : "  ";
            foreach (var line in entry.Note.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                text.Append(indent).Append("# ").Append(line).Append('\n');
            var given = IsGiven(entry.Key, settings, values);
            var value = given ? ValueOf(entry.Key, settings) : entry.Example ?? ValueOf(entry.Key, Defaults);
            text.Append(indent).Append(given ? "" : "#").Append(NameIn(entry.Key)).Append(": ").Append(value).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Those of the template, and after each section's last what else was given in it.</summary>
    private static IEnumerable<TemplateEntry> Entries(Settings settings, LayeredValues values)
    {
        var others = Keys.All.Where(key => IsGiven(key, settings, values) && ConfigurationTemplate.Entries.All(entry => entry.Key != key)).Select(static key => new TemplateEntry(key, "")).ToList();
        foreach (var section in ConfigurationTemplate.Entries.Select(static entry => SectionOf(entry.Key)).Concat(others.Select(static entry => SectionOf(entry.Key))).Distinct(StringComparer.Ordinal).ToList())
        {
            foreach (var entry in ConfigurationTemplate.Entries.Concat(others).Where(entry => SectionOf(entry.Key) == section))
                yield return entry;
        }
    }

    /// <summary>Also where another key implies it: who names a chain means <c>source: files</c>.</summary>
    private static bool IsGiven(Key key, Settings settings, LayeredValues values) => key.Kind == KeyKind.Map
        ? values.Map(key).Count > 0
        : values.OriginOf(key) is not null || (EffectiveYaml.Write(key, settings) is { } value && value != EffectiveYaml.Write(key, Defaults));

    private static string ValueOf(Key key, Settings settings) => key == Keys.RouteHosts
        ? $"{{ {string.Join(", ", settings.Routes.Hosts.Select(static host => $"{host.Key}: \"{host.Value}\""))} }}"
        : EffectiveYaml.Write(key, settings) ?? throw new InvalidOperationException($"{key.Name} has neither value nor example");

    /// <summary>The first of its names: none of the keys that flags give stands deeper.</summary>
    private static string SectionOf(Key key) => key.Path.Contains(':', StringComparison.Ordinal) ? key.Path.Split(':')[0] : "";

    private static string NameIn(Key key) => key.Path[(key.Path.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
