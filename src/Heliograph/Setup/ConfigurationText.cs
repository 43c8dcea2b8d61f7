using System.Text;
using Heliograph.Configuration;

namespace Heliograph.Setup;

/// <summary>Writes the configuration file of a new installation: given values as they are, the rest as comments.</summary>
internal static class ConfigurationText
{
    private const int LongestNote = 74;

    /// <param name="settings">The given settings, read and checked.</param>
    /// <param name="values">Which keys were given.</param>
    /// <param name="withSecrets">Whether secrets are written, too; they are masked in a text that is only shown.</param>
    public static string Write(Settings settings, LayeredValues values, bool withSecrets)
    {
        var text = new StringBuilder(ConfigurationTemplate.Heading).Append('\n');
        foreach (var section in Shown(settings, values).GroupBy(FindSection, StringComparer.Ordinal))
        {
            if (section.Key.Length > 0)
                text.Append('\n').Append(section.Key).Append(":\n");
            var open = section.Key;
            // A section's own keys come before those of the sections in it.
            foreach (var key in section
                .OrderBy(static key => key.Path.Count(static c => c == ':'))
                .ThenBy(static key => Parent(key.Path), StringComparer.Ordinal))
            {
                if (section.Key.Length == 0)
                    text.Append('\n');
                open = OpenSections(text, open, Parent(key.Path));
                WriteKey(text, key, settings, values, withSecrets);
            }
        }
        return text.ToString();
    }

    private static void WriteKey(StringBuilder text, ConfigurationKey key, Settings settings, LayeredValues values, bool withSecrets)
    {
        var indent = Indent(key.Path);
        foreach (var line in Lines(key.Help))
            text.Append(indent).Append("# ").Append(line).Append('\n');
        var given = IsGiven(key, settings, values);
        var value = given ? key.ToYaml(settings, withSecrets) : key.DefaultYaml ?? key.ExampleYaml;
        text.Append(indent).Append(given ? "" : "#").Append(key.Path.Split(':')[^1]).Append(": ").Append(value).Append('\n');
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

    /// <summary>Writes the headings between the section that is open and the key's own.</summary>
    private static string OpenSections(StringBuilder text, string open, string section)
    {
        for (var colon = section.IndexOf(':', StringComparison.Ordinal); colon >= 0;)
        {
            var end = section.IndexOf(':', colon + 1) is var next and >= 0 ? next : section.Length;
            if (open != section[..end] && !open.StartsWith(section[..end] + ":", StringComparison.Ordinal))
                text.Append(Indent(section[..end])).Append(section[(colon + 1)..end]).Append(":\n");
            colon = end < section.Length ? end : -1;
        }
        return section;
    }

    private static string Parent(string path) => path.LastIndexOf(':') is var colon and >= 0 ? path[..colon] : "";

    private static string Indent(string path) => new(' ', 2 * path.Count(static c => c == ':'));

    /// <summary>The first part of its path.</summary>
    private static string FindSection(ConfigurationKey key) =>
        key.Path.Contains(':', StringComparison.Ordinal) ? key.Path.Split(':')[0] : "";
}
