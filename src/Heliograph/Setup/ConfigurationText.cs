using System.Text;
using Heliograph.Configuration;

namespace Heliograph.Setup;

/// <summary>Writes the configuration file of a new installation: given values as they are, the rest as comments.</summary>
internal static class ConfigurationText
{
    private const int LongestNote = 74;

    /// <param name="settings">The given settings, read and checked.</param>
    /// <param name="values">Which keys were given.</param>
    public static string Write(Settings settings, LayeredValues values)
    {
        var text = new StringBuilder(ConfigurationTemplate.Heading).Append('\n');
        foreach (var section in Shown(settings, values).GroupBy(FindSection, StringComparer.Ordinal))
        {
            if (section.Key.Length > 0)
                text.Append('\n').Append(section.Key).Append(":\n");
            foreach (var key in section)
            {
                if (section.Key.Length == 0)
                    text.Append('\n');
                WriteKey(text, section.Key.Length == 0 ? "" : "  ", key, settings, values);
            }
        }
        return text.ToString();
    }

    private static void WriteKey(StringBuilder text, string indent, ConfigurationKey key, Settings settings, LayeredValues values)
    {
        foreach (var line in Lines(key.Help))
            text.Append(indent).Append("# ").Append(line).Append('\n');
        var given = IsGiven(key, settings, values);
        var value = given ? key.ToYaml(settings) : key.DefaultYaml ?? key.ExampleYaml;
        text.Append(indent).Append(given ? "" : "#").Append(NameWithinSection(key)).Append(": ").Append(value).Append('\n');
    }

    /// <summary>The keys of the template, and all others that were given.</summary>
    private static IEnumerable<ConfigurationKey> Shown(Settings settings, LayeredValues values) => ConfigurationTemplate.Shown
        .Concat(values.Keys.All.Where(key => IsGiven(key, settings, values) && !ConfigurationTemplate.Shown.Contains(key)));

    /// <summary>Also if another key implies it: a chain implies <c>source: files</c>.</summary>
    private static bool IsGiven(ConfigurationKey key, Settings settings, LayeredValues values) =>
        values.IsGiven(key) || (key == Keys.CertificateSource && !key.IsSame(settings, Settings.Default));

    private static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > LongestNote)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }
        yield return line.ToString();
    }

    /// <summary>The first part of its path: no key with a flag is nested deeper.</summary>
    private static string FindSection(ConfigurationKey key) =>
        key.Path.Contains(':', StringComparison.Ordinal) ? key.Path.Split(':')[0] : "";

    private static string NameWithinSection(ConfigurationKey key) => key.Path[(key.Path.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
