using System.Text.RegularExpressions;
using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Tests.Configuration;

namespace Heliograph.Tests.Docs;

/// <summary>docs/operating/configuration.md and the code name the same keys, defaults, environment variables and examples.</summary>
public sealed partial class ConfigurationReferenceTests
{
    private const string File = "docs/operating/configuration.md";
    private const string Minimal = "domains: [proxy.example.org]\nacme: { email: you@example.org }";

    private static readonly string Page = System.IO.File.ReadAllText(Repository.PathOf(File));

    public static TheoryData<string> KeyNames => [.. Keys.All.Select(static key => key.Name)];

    public static TheoryData<string> Examples => [.. ExampleLines().Matches(Page).Select(static match => match.Groups["text"].Value)];

    [Fact]
    public void The_tables_match_the_keys() => Golden.Check(File, ReferenceTables.Write(Page, Keys.Catalog));

    [Theory]
    [MemberData(nameof(KeyNames))]
    public void Every_key_is_explained(string key) => Assert.Contains($"\n| `{key}` | ", Page, StringComparison.Ordinal);

    [Fact]
    public void No_heading_explains_a_key_that_does_not_exist()
    {
        var headings = Headings().Matches(Page).SelectMany(static match => Names().Matches(match.Value))
            .Select(static match => match.Groups["text"].Value).ToList();

        Assert.True(headings.Count > 30, "the headings are no longer found");
        Assert.All(headings,
            static name => Assert.True(Keys.All.Any(key => key.Name == name) || Keys.Catalog.IsSection(name.Replace('.', ':')), name));
    }

    [Fact]
    public void Every_environment_variable_is_that_of_a_key()
    {
        var keys = Keys.All.Select(static key => key.Variable).ToList();

        Assert.All(
            Variables().Matches(Page).Select(static match => match.Value),
                name => Assert.Contains(keys, key => name == key || name == key + "__0"));
        Assert.All(keys, static key => Assert.Contains(key, Page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(KeyNames))]
    public void The_whole_file_on_the_page_holds_the_defaults(string name)
    {
        var key = Keys.All.Single(key => key.Name == name);

        Assert.Equal(key.ToYaml(Loaded.Settings(Minimal)), key.ToYaml(Loaded.Settings(DocumentedFile())));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_has_only_known_keys_and_valid_values(string yaml)
    {
        // An example may leave out files and companion keys; but it must not have an unknown key or an invalid value.
        var errors = Loaded.Errors(yaml.StartsWith("domains", StringComparison.Ordinal) ? yaml : yaml + "\ndomains: [proxy.example.org]");

        Assert.DoesNotContain(
            errors,
            static error => error.Contains("there is no such key", StringComparison.Ordinal)
                || error.Contains("must be a", StringComparison.Ordinal));
    }

    /// <summary>The example of a whole file.</summary>
    internal static string DocumentedFile() => WholeFile().Match(Page).Groups["text"].Value;

    [GeneratedRegex("`(?<text>[a-z0-9_.]+)`", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();

    [GeneratedRegex("^### .*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Headings();

    [GeneratedRegex("HELIOGRAPH__[A-Z0-9_]+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Variables();

    [GeneratedRegex("## A whole file\n[^`]*```yaml\n(?<text>[^`]+)```", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WholeFile();

    [GeneratedRegex("^- Examples?: `(?<text>[^`]+)`", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ExampleLines();
}
