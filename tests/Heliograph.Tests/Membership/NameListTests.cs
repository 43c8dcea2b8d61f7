using System.Text.Json;
using Heliograph.Cli.Fleet;
using Heliograph.Membership;

namespace Heliograph.Tests.Membership;

/// <summary>The list of names, which any machine of the fleet writes and a terminal shows.</summary>
public sealed class NameListTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("""{ "name": null, "state": "given", "machines": [], "addresses": [], "since": "2026-01-02" }""")]
    [InlineData("""{ "name": "a.example", "state": "given", "machines": null, "addresses": [], "since": "2026-01-02" }""")]
    [InlineData("""{ "name": "a.example", "state": "given", "machines": [], "addresses": null, "since": "2026-01-02" }""")]
    [InlineData("""{ "name": "a.example", "state": 7, "machines": [], "addresses": [], "since": "2026-01-02" }""")]
    [InlineData("""{ "name": "\u001b[2Ja.example", "state": "given", "machines": [], "addresses": [], "since": "2026-01-02" }""")]
    [InlineData("""{ "name": "203.0.113.1", "state": "given", "machines": [], "addresses": [], "since": "2026-01-02" }""")]
    public void What_is_no_entry_is_left_out(string entry) => Assert.Equal("", Show($"[{entry}]"));

    [Fact]
    public void Of_an_entry_only_machines_and_addresses_are_shown_and_the_columns_stay_apart()
    {
        var name = $"{new string('a', 63)}.example";
        Assert.Equal(
            $"{name} blocked  2026-01-02  203.0.113.1, 2001:db8::1 (vps1)\n",
            Show($$"""
                [{
                  "name": "{{name.ToUpperInvariant()}}", "state": "blocked", "since": "2026-01-02",
                  "machines": [null, "vps1", "\u001b]0;vps2\u0007"],
                  "addresses": [null, "203.0.113.1", "\u001b[31m", "2001:DB8::1", "not one"]
                }]
                """));
    }

    [Fact]
    public void A_name_is_there_once_and_leads_to_no_more_places_than_may_be_given()
    {
        var places = string.Join(", ", Enumerable.Range(1, 50).Select(static number => $"\"203.0.113.{number}\""));
        var entry = $$"""
            { "name": "a.example", "state": "given", "machines": [{{places}}], "addresses": [{{places}}], "since": "2026-01-02" }
            """;
        var name = Assert.Single(Read($"[{entry}, {entry}]").Names);
        Assert.Equal((FleetName.MostPlaces, FleetName.MostPlaces), (name.Machines.Count, name.Addresses.Count));
        Assert.Empty(Read("null").Names);
    }

    private static NameList Read(string names) =>
        JsonSerializer.Deserialize($"{{ \"names\": {names} }}", FleetJson.Default.NameList)!.KeepSound();

    /// <summary>Without the line that names the columns.</summary>
    private static string Show(string names)
    {
        using var output = new StringWriter { NewLine = "\n" };
        if (Read(names) is { Names.Count: > 0 } list)
            NameTable.Write(output, list, json: false);
        return output.ToString().Split('\n', 2)[^1];
    }
}
