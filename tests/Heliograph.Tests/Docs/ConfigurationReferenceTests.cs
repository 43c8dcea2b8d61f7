using System.Text.RegularExpressions;
using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Tests.Configuration;

namespace Heliograph.Tests.Docs;

/// <summary>docs/operating/configuration.md and the code name the same keys, defaults, environment variables and examples.</summary>
public sealed partial class ConfigurationReferenceTests
{
    private const string Minimal = "domains: [proxy.example.org]\nacme: { email: you@example.org }";

    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/operating/configuration.md"));

    public static TheoryData<string> KeyNames => [.. Keys.All.Select(static key => key.Name)];

    public static TheoryData<string> Examples => [.. ExampleLines().Matches(Page).Select(static match => match.Groups["text"].Value)];

    [Theory]
    [MemberData(nameof(KeyNames))]
    public void Every_key_is_explained(string key) => Assert.Contains(key, Documented());

    [Fact]
    public void No_heading_explains_a_key_that_there_is_not()
    {
        var headings = Sections().SelectMany(static section => section.Names).ToList();

        Assert.True(headings.Count > 30, "the headings are not found any more");
        Assert.All(headings, static name => Assert.True(Keys.All.Any(key => key.Name == name) || Keys.IsSection(name.Replace('.', ':')), name));
    }

    [Fact]
    public void Every_environment_variable_is_that_of_a_key()
    {
        var keys = Keys.All.Select(static key => "HELIOGRAPH__" + key.Path.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()).ToList();

        Assert.All(Variables().Matches(Page).Select(static match => match.Value), name => Assert.Contains(keys, key => name == key || name == key + "__0"));
        Assert.All(keys.Where(static key => !key.Contains("__FAILOVER__", StringComparison.Ordinal) && !key.Contains("__RFC2136__", StringComparison.Ordinal)), key => Assert.Contains(key, Page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(KeyNames))]
    public void The_whole_file_on_the_page_holds_the_defaults(string name)
    {
        var key = Keys.All.Single(key => key.Name == name);
        var block = WholeFile().Match(Page).Groups["text"].Value;

        Assert.Equal(EffectiveYaml.Write(key, Loaded.Settings(Minimal)), EffectiveYaml.Write(key, Loaded.Settings(block)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_read_without_a_doubt_about_its_keys(string yaml)
    {
        // Files and companion keys that an example leaves out are told; that a key is unknown or a value is none is what must not be.
        var errors = Loaded.Errors(yaml.StartsWith("domains", StringComparison.Ordinal) ? yaml : yaml + "\ndomains: [proxy.example.org]");

        Assert.DoesNotContain(errors, static error => error.Contains("there is no such key", StringComparison.Ordinal) || error.Contains("must be a", StringComparison.Ordinal));
    }

    private static HashSet<string> Documented()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (headings, text) in Sections())
        {
            names.UnionWith(headings);
            foreach (var name in Names().Matches(text).Select(static match => match.Groups["text"].Value))
            {
                names.Add(name);
                foreach (var section in headings.Where(static heading => Keys.IsSection(heading.Replace('.', ':'))))
                    names.Add($"{section}.{name}");
            }
        }
        return names;
    }

    private static IEnumerable<(List<string> Names, string Text)> Sections() => Page.Split("\n### ").Skip(1).Select(static section =>
    {
        var end = section.IndexOf('\n', StringComparison.Ordinal);
        return (Names().Matches(section[..end]).Select(static match => match.Groups["text"].Value).ToList(), section[end..]);
    });

    [GeneratedRegex("`(?<text>[a-z0-9_.]+)`", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();

    [GeneratedRegex("HELIOGRAPH__[A-Z0-9_]+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Variables();

    [GeneratedRegex("## A whole file\n\n```yaml\n(?<text>[^`]+)```", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WholeFile();

    [GeneratedRegex("^- Examples?: `(?<text>[^`]+)`", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ExampleLines();
}
