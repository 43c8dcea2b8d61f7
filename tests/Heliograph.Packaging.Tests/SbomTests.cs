using System.Text.Json;
using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The list of the program's components.</summary>
public sealed partial class SbomTests
{
    private readonly JsonElement sbom = JsonDocument.Parse(File.ReadAllBytes(Packages.Sbom)).RootElement;

    [Fact]
    public void It_has_the_fields_that_CycloneDX_1_5_requires()
    {
        Assert.Equal("CycloneDX", sbom.GetProperty("bomFormat").GetString());
        Assert.Equal("1.5", sbom.GetProperty("specVersion").GetString());
        Assert.Equal(1, sbom.GetProperty("version").GetInt32());
        Assert.Matches(
            "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", sbom.GetProperty("serialNumber").GetString());
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}Z$", sbom.GetProperty("metadata").GetProperty("timestamp").GetString());
        var self = sbom.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("application", "heliograph", Packages.Version), (Text(self, "type"), Text(self, "name"), Text(self, "version")));
        Assert.All(sbom.GetProperty("components").EnumerateArray(), static component =>
        {
            Assert.Equal("library", Text(component, "type"));
            Assert.Contains(Text(component, "scope"), new[] { "required", "excluded" });
            Assert.Equal($"pkg:nuget/{Text(component, "name")}@{Text(component, "version")}", Text(component, "purl"));
        });
    }

    [Fact]
    public void Every_reference_in_it_names_one_component()
    {
        var references = sbom.GetProperty("components").EnumerateArray().Select(static component => Text(component, "bom-ref")).ToList();
        references.Add(Text(sbom.GetProperty("metadata").GetProperty("component"), "bom-ref"));
        Assert.Equal(references.Distinct(StringComparer.Ordinal).Count(), references.Count);
        var dependencies = sbom.GetProperty("dependencies").EnumerateArray().ToList();
        Assert.Equal(
            references.Order(StringComparer.Ordinal), dependencies.Select(static one => Text(one, "ref")).Order(StringComparer.Ordinal));
        Assert.All(
            dependencies.SelectMany(static one => one.GetProperty("dependsOn").EnumerateArray()),
            on => Assert.Contains(on.GetString(), references));
    }

    [Fact]
    public void Every_package_of_the_lock_files_is_in_it_and_nothing_else()
    {
        // Read as text, independently of the code that writes the list.
        var locked = Directory.EnumerateFiles(Repository.PathOf("src"), "packages*.lock.json", SearchOption.AllDirectories)
            .SelectMany(static path => Resolved().Matches(File.ReadAllText(path)))
            .Select(static match => $"{match.Groups["name"].Value}@{match.Groups["version"].Value}")
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var listed = sbom.GetProperty("components").EnumerateArray()
            .Select(static component => $"{Text(component, "name")}@{Text(component, "version")}").Order(StringComparer.Ordinal);
        Assert.Equal(locked, listed);
        Assert.Contains(listed, static name => name.StartsWith("YamlDotNet@", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_in_the_program_is_named_in_the_copyright_file()
    {
        var named = File.ReadLines(Repository.PathOf("packaging/copyright"))
            .Where(static line => line.StartsWith("Files: ", StringComparison.Ordinal)).Select(static line => line[7..]).ToList();
        Assert.Contains(".NET", named);
        var shipped = sbom.GetProperty("components").EnumerateArray()
            .Where(static component => Text(component, "scope") == "required").Select(static component => Text(component, "name"))
            .Where(static name => name.Split('.')[0] is not ("Microsoft" or "System" or "runtime"));
        Assert.All(shipped, name => Assert.Contains(
            named, work => name == work || name.StartsWith(work + ".", StringComparison.Ordinal)));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex(
        @"""(?<name>[^""]+)"": \{\s+""type"": ""\w+"",(?:\s+""requested"": ""[^""]*"",)?\s+""resolved"": ""(?<version>[^""]+)""",
        RegexOptions.None,
        matchTimeoutMilliseconds: 5000)]
    private static partial Regex Resolved();
}
