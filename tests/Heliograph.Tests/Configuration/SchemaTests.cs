using System.Globalization;
using System.Text.Json.Nodes;
using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Tests.Docs;
using Json.Schema;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Heliograph.Tests.Configuration;

/// <summary><c>heliograph config schema</c>: what an editor checks a configuration file with.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(ConfigurationSchema.Write(Keys.Catalog));

    public static TheoryData<string> Names => [.. Keys.All.Select(static key => key.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_key_is_in_it_with_what_it_is_for(string name)
    {
        var key = Keys.All.Single(key => key.Name == name);
        var node = JsonNode.Parse(ConfigurationSchema.Write(Keys.Catalog))!;
        foreach (var part in key.Path.Split(':'))
        {
            Assert.False((bool)node["additionalProperties"]!);
            node = node["properties"]![part]!;
        }
        Assert.Equal(key.Help, (string?)node["description"]);
        Assert.True(node["type"] is not null || node["enum"] is not null || node["anyOf"] is not null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_default_and_example_fits(string name)
    {
        var key = Keys.All.Single(key => key.Name == name);
        foreach (var value in new[] { key.IsRequired ? null : key.DefaultYaml, key.ExampleYaml })
        {
            var names = key.Path.Split(':');
            if (value is not null)
            {
                var open = string.Concat(names.Select(static part => $"{{ {part}: "));
                AssertFits(open + value + string.Concat(names.Select(static _ => " }")));
            }
        }
    }

    [Fact]
    public void The_documented_file_fits() => AssertFits(ConfigurationReferenceTests.DocumentedFile());

    [Theory]
    [MemberData(nameof(ConfigurationReferenceTests.Examples), MemberType = typeof(ConfigurationReferenceTests))]
    public void Every_documented_example_fits(string yaml) => AssertFits(yaml);

    [Fact]
    public void The_file_of_the_packages_fits_with_its_lines_commented_in()
    {
        var lines = File.ReadAllLines(Repository.PathOf("packaging/heliograph.yaml"));
        AssertFits(string.Join('\n', lines));
        AssertFits(string.Join('\n', lines.Select(static line => line is ['#', not ' ', ..] or ['#', ' ', ' ', ..] ? line[1..] : line)));
    }

    /// <summary>InitTests compares this file with what the program writes.</summary>
    [Fact]
    public void What_init_writes_fits_also_with_every_line_commented_in()
    {
        var lines = File.ReadAllLines(Repository.PathOf("tests/Heliograph.EndToEnd.Tests/Setup/Golden/heliograph.yaml"));
        AssertFits(string.Join('\n', lines));
        AssertFits(string.Join('\n', lines.Select(static line =>
            line.TrimStart() is ['#', not ' ', ..] ? line.Replace("#", "", StringComparison.Ordinal) : line)));
    }

    [Theory]
    [InlineData("domain: [a.example]")]
    [InlineData("domains: { a.example: 1 }")]
    [InlineData("domains: [a.example, a.example]")]
    [InlineData("domains: [\"https://a.example/\"]")]
    [InlineData("listen: []")]
    [InlineData("listen: [443]")]
    [InlineData("listen: [localhost]")]
    [InlineData("limits: { idle_timeout: 5 }")]
    [InlineData("limits: { idle_timeout: soon }")]
    [InlineData("limits: { idel_timeout: 5m }")]
    [InlineData("limits: [1]")]
    [InlineData("limits: { max_connections: 0 }")]
    [InlineData("limits: { max_connections: many }")]
    [InlineData("limits: { max_connections: off }")]
    [InlineData("limits: { monthly_bytes: 5 }")]
    [InlineData("limits: { monthly_bytes: 5Mbit }")]
    [InlineData("limits: { monthly_reset_day: 31 }")]
    [InlineData("limits: { slow_bytes_per_second: off }")]
    [InlineData("limits: { when_low: refuse }")]
    [InlineData("tls: { handshake: openssl }")]
    [InlineData("relay: { first_flight_padding: true }")]
    [InlineData("certificate: { source: file }")]
    [InlineData("acme: { directory: \"http://acme.example\" }")]
    [InlineData("acme: { challenges: [] }")]
    [InlineData("acme: { challenges: [dns-02] }")]
    [InlineData("routes: { sets: [singal] }")]
    [InlineData("routes: { hosts: { a.example: nowhere } }")]
    [InlineData("passthrough: { a.example: { proxy_protocol: v2 } }")]
    [InlineData("passthrough: { a.example: { upstream: \"a:1\", proxy_protocol: v1 } }")]
    [InlineData("state_directory: \"\"")]
    public void What_the_program_refuses_does_not_fit(string yaml)
    {
        Assert.False(Evaluate(yaml).IsValid);
        Assert.NotEmpty(Loaded.Errors(yaml.StartsWith("domains", StringComparison.Ordinal)
            ? yaml : "domains: [proxy.example.org]\n" + yaml));
    }

    private static void AssertFits(string yaml)
    {
        var result = Evaluate(yaml);
        Assert.True(result.IsValid, string.Join('\n', result.Details.Where(static detail => detail.HasErrors)
            .SelectMany(static detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))));
    }

    private static EvaluationResults Evaluate(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var node = stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
        return Schema.Evaluate(node, new EvaluationOptions { OutputFormat = OutputFormat.List });
    }

    /// <summary>As the language server reads YAML 1.2's core schema (section 10.3).</summary>
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(static entry => KeyValuePair.Create(entry.Key.ToString(), ToJson(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } word => JsonValue.Create(word.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } plain
            when long.TryParse(plain.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException($"a {node.NodeType} is not expected here"),
    };
}
