using System.CommandLine;
using System.Text.Json.Nodes;
using Heliograph.Cli;
using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Tests.Docs;

namespace Heliograph.Tests.Configuration;

/// <summary>One entry is all that a key needs: everything that shows keys takes them from the catalog.</summary>
public sealed class KeyTests
{
    private static readonly ConfigurationKey Invented = Sections.Limits.Key(
        "invented_timeout", Kinds.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)),
        static limits => limits.DrainTimeout, static (limits, value) => limits with { DrainTimeout = value },
        "A key of this test only.", OnReload.TakesEffect, new("--invented-timeout", "DURATION"), example: "7s");

    /// <summary>All keys, with the invented one after the one whose place in the settings it borrows.</summary>
    private static readonly KeyCatalog WithInvented = new(
        [.. Keys.Catalog.Groups.Select(static group => group.Title == "Limits" ? group with { Keys = [.. group.Keys, Invented] } : group)]);

    /// <summary>Where keys count that have no effect without another.</summary>
    private static readonly Settings Base = Settings.Default with
    {
        Acme = Settings.Default.Acme with { Dns = new() { Hook = "/bin/true" } },
        Upstream = new() { Resolver = "https://dns.example/dns-query" },
        Limits = new() { Budget = new() { MonthlyBytes = 1_000_000_000_000 } },
    };

    public static TheoryData<string> Names => [.. Keys.All.Select(static key => key.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_says_what_it_is_for_and_what_it_takes(string name)
    {
        var key = KeyOf(name);

        Assert.EndsWith(".", key.Help, StringComparison.Ordinal);
        Assert.InRange(key.Help.Length, 20, 200);
        Assert.NotEmpty(key.Allowed);
        Assert.NotEmpty(key.Kind.Summary);
        Assert.True(key.IsRequired || key.DefaultYaml is not null || key.Example is not null, "neither a default nor an example");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_default_is_read_back_as_the_same_value(string name)
    {
        var key = KeyOf(name);
        if (key.IsRequired || key.DefaultYaml is null)
            return;

        Assert.Equal(key.DefaultYaml, key.ToYaml(Read(key, key.DefaultYaml)));
        Assert.NotNull(Property(Keys.Catalog, key)["default"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_is_read_and_shown(string name)
    {
        var key = KeyOf(name);
        if (key.ExampleYaml is not { } example)
            return;

        Assert.Equal(key.IsSecret ? "\"********\"" : example, key.ToYaml(Read(key, example)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_has_a_line_in_the_configuration_in_effect(string name)
    {
        var key = KeyOf(name);
        var yaml = Yaml(key, key.ExampleYaml ?? key.DefaultYaml!);
        using var directory = new TempDirectory();
        var loaded = Loaded.From(directory.Write("heliograph.yaml", yaml));
        var settings = key.Read(loaded.Values, new ConfigurationErrors(), Base);

        var lines = EffectiveYaml.Write(settings, loaded.Values).Split('\n');

        var shown = new string(' ', 2 * key.Path.Count(':')) + key.Path.Split(':')[^1] + ":";
        Assert.Contains(lines, line => line.StartsWith(shown, StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("  # from ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_secret_is_shown_nowhere_and_compared_all_the_same(string name)
    {
        var key = KeyOf(name);
        if (!key.IsSecret)
            return;
        var one = Read(key, "\"https://one.example/c2VjcmV0\"", "\"c2VjcmV0\"");
        var other = Read(key, "\"https://two.example/b3RoZXI\"", "\"b3RoZXI\"");

        Assert.Equal("\"********\"", key.ToYaml(one));
        Assert.False(key.IsSame(one, other));
    }

    /// <summary>Also to the end, where a comma in the query looks like the next item of a list.</summary>
    [Theory]
    [InlineData("sources.block", "[/etc/block, \"https://lists.example/drop.txt?token=KEY,KEY\"]",
        "[/etc/block, \"https://lists.example/drop.txt?********\"]")]
    [InlineData("sources.allow", "[\"https://lists.example/gh/bees@main/allow.txt?KEY\"]",
        "[\"https://lists.example/gh/bees@main/allow.txt?********\"]")]
    [InlineData("upstream.resolver", "\"https://dns.example/dns-query?key=KEY\"", "\"https://dns.example/dns-query?********\"")]
    [InlineData("acme.directory", "\"https://ca.example/dir?key=KEY\"", "\"https://ca.example/dir?********\"")]
    public void The_query_of_an_address_may_be_a_key_and_is_shown_nowhere_and_compared_all_the_same(
        string name, string value, string shown)
    {
        var key = KeyOf(name);
        var one = Read(key, value.Replace("KEY", "c2VjcmV0", StringComparison.Ordinal));
        var other = Read(key, value.Replace("KEY", "b3RoZXI", StringComparison.Ordinal));

        Assert.Equal(shown, key.ToYaml(one));
        Assert.False(key.IsSame(one, other));
        Assert.Equal(value.Replace("KEY", "b3RoZXI", StringComparison.Ordinal), key.ToYaml(other, withSecrets: true));
    }

    [Fact]
    public void An_invented_key_is_read_from_the_file_the_environment_and_its_flag()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("heliograph.yaml", "domains: [a.example]\nlimits: { invented_timeout: 1s }\n");

        Assert.Equal("1s", Shown(ConfigurationLoader.Load(WithInvented, file, Environment(), static (_, _) => { })));
        Assert.Equal("2s",
            Shown(ConfigurationLoader.Load(WithInvented, file, Environment((Invented.Variable, "2s")), static (_, _) => { })));
        Assert.Equal("3s", Shown(WithFlags("--config", file, "--invented-timeout", "3s")));

        static string? Shown(LoadedConfiguration loaded) => Invented.ToYaml(loaded.Settings!);
    }

    [Fact]
    public void An_invented_key_is_in_the_help_of_its_flag()
    {
        var command = new Command("run");
        new ConfigurationOptions(WithInvented).AddTo(command);

        Assert.Equal("A key of this test only. [default: 30s]",
            command.Options.Single(static option => option.Name == "--invented-timeout").Description);
    }

    [Fact]
    public void An_invented_key_is_shown_and_suggested_and_its_errors_are_reported()
    {
        var shown = WithFlags("--domain", "a.example", "--invented-timeout", "9s");
        Assert.Contains("\n  invented_timeout: 9s  # from --invented-timeout\n", EffectiveYaml.Write(shown.Settings!, shown.Values),
            StringComparison.Ordinal);

        var bad = ConfigurationLoader.Load(
            WithInvented, null,
            Environment(("HELIOGRAPH__DOMAINS", "a.example"), (Invented.Variable, "2h"), ("HELIOGRAPH__LIMITS__INVENTD_TIMEOUT", "2s")),
            static (_, _) => { });
        Assert.Equal(
            [
                "HELIOGRAPH__LIMITS__INVENTD_TIMEOUT: there is no such key; did you mean HELIOGRAPH__LIMITS__INVENTED_TIMEOUT?",
                "limits.invented_timeout (HELIOGRAPH__LIMITS__INVENTED_TIMEOUT): \"2h\": must be from 0s to 1h; allowed: "
                    + Invented.Allowed,
            ],
            bad.Errors);
    }

    [Fact]
    public void A_reload_compares_an_invented_key()
    {
        var before = WithFlags("--domain", "a.example", "--invented-timeout", "9s");
        var after = WithFlags("--domain", "a.example", "--invented-timeout", "10s");

        Assert.Contains(Invented, SettingsChange.Between(before, before, after).Applied);
        Assert.Empty(SettingsChange.Between(before, before, before).Applied);
    }

    [Fact]
    public void An_invented_key_is_in_the_schema_and_on_the_reference_page()
    {
        var property = Property(WithInvented, Invented);
        Assert.Equal("A key of this test only.", (string?)property["description"]);
        Assert.Equal("30s", (string?)property["default"]);

        var page = ReferenceTables.Write(File.ReadAllText(Repository.PathOf("docs/operating/configuration.md")), WithInvented);
        Assert.Contains("\n| `limits.invented_timeout` | A key of this test only. | duration, `0s` to `1h` | `30s` | reload |\n", page,
            StringComparison.Ordinal);
        Assert.Contains("\n| `limits.invented_timeout` | `HELIOGRAPH__LIMITS__INVENTED_TIMEOUT` | `--invented-timeout DURATION` |\n", page,
            StringComparison.Ordinal);
    }

    private static ConfigurationKey KeyOf(string name) => Keys.All.Single(key => key.Name == name);

    /// <summary>The settings with a key's value, whatever is wrong with the rest; the first of some values that can be used.</summary>
    private static Settings Read(ConfigurationKey key, params string[] values)
    {
        using var directory = new TempDirectory();
        foreach (var value in values)
        {
            var errors = new ConfigurationErrors();
            var layered = Loaded.From(directory.Write("heliograph.yaml", Yaml(key, value))).Values;
            var settings = key.Read(layered, errors, Base);
            if (!errors.Any)
                return settings;
        }
        throw new InvalidOperationException($"{key.Name} takes none of {string.Join(", ", values)}");
    }

    /// <summary>A file with one value of one key.</summary>
    private static string Yaml(ConfigurationKey key, string value) =>
        string.Join('\n', key.Path.Split(':').Select(static (name, depth) => $"{new string(' ', 2 * depth)}{name}:")) + $" {value}\n";

    private static JsonObject Property(KeyCatalog keys, ConfigurationKey key)
    {
        var node = JsonNode.Parse(ConfigurationSchema.Write(keys))!;
        foreach (var name in key.Path.Split(':'))
            node = node["properties"]![name]!;
        return node.AsObject();
    }

    private static LoadedConfiguration WithFlags(params string[] arguments)
    {
        var options = new ConfigurationOptions(WithInvented);
        var command = new Command("run");
        options.AddTo(command);
        return options.Load(command.Parse(arguments));
    }

    private static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(static variable => variable.Name, static variable => variable.Value, StringComparer.Ordinal);
}
