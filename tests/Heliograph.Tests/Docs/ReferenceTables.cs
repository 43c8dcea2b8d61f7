using System.Text;
using Heliograph.Configuration;

namespace Heliograph.Tests.Docs;

/// <summary>The tables of docs/operating/configuration.md, each between two comments, generated from the keys.</summary>
internal static class ReferenceTables
{
    /// <summary>The page with regenerated tables; the text around them stays unchanged.</summary>
    public static string Write(string page, KeyCatalog keys)
    {
        foreach (var group in keys.Groups)
            page = Replace(page, $"<!-- keys: {group.Title} -->", "<!-- /keys -->", Table(group));
        return Replace(page, "<!-- variables -->", "<!-- /variables -->", Variables(keys));
    }

    public static string Table(KeyGroup group)
    {
        var text = new StringBuilder("| Key | What it is for | Value | Default | Takes effect on |\n|---|---|---|---|---|\n");
        foreach (var key in group.Keys)
        {
            var takesEffectOn = key.IsLive ? "reload" : "restart";
            text.Append($"| `{key.Name}` | {Cell(key.Help)} | {Cell(key.Kind.Summary)} | {Default(key)} | {takesEffectOn} |\n");
        }
        return text.ToString();
    }

    private static string Variables(KeyCatalog keys)
    {
        var text = new StringBuilder("| Key | Variable | Flag |\n|---|---|---|\n");
        foreach (var key in keys.All)
            text.Append($"| `{key.Name}` | `{key.Variable}` | {(key.Flag is { } flag ? $"`{flag.Name} {flag.Value}`" : "")} |\n");
        return text.ToString();
    }

    private static string Default(ConfigurationKey key) =>
        key.IsRequired ? "required" : key.DefaultYaml is { } value ? $"`{Cell(value)}`" : "none";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Replace(string page, string start, string end, string table)
    {
        var from = page.IndexOf(start, StringComparison.Ordinal);
        Assert.True(from >= 0,
            $"docs/operating/configuration.md has no line {start}, where the table of these keys belongs, and {end} below it");
        from += start.Length;
        var to = page.IndexOf(end, from, StringComparison.Ordinal);
        Assert.True(to >= 0, $"docs/operating/configuration.md has no {end} after {start}");
        return $"{page[..from]}\n\n{table}\n{page[to..]}";
    }
}
