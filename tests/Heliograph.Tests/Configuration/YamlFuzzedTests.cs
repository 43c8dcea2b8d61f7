namespace Heliograph.Tests.Configuration;

/// <summary>What fuzzing found in the reader of the configuration file.</summary>
public sealed class YamlFuzzedTests
{
    [Theory]
    [InlineData("domains: [proxy.example.org\nlisten: 1\n---\n", 2)]
    [InlineData("domains: [a.example.org,\nb\n--- x\n", 2)]
    [InlineData("  : :<?#d\n", 2)]
    public void A_text_that_the_parser_throws_at_is_not_YAML(string yaml, int line)
    {
        var error = Assert.Single(Loaded.Errors(yaml), static error => error.Contains("not YAML", StringComparison.Ordinal));

        Assert.StartsWith($"FILE:{line}: not YAML: It cannot be read past this place; check the ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme:email: you@example.org", "acme.email (FILE:2): no key has a ':' in its name")]
    [InlineData("limits:\n  a:b: 1", "limits.a.b (FILE:3): no key has a ':' in its name")]
    public void A_section_and_its_key_do_not_stand_in_one_name(string line, string expected)
    {
        var error = Assert.Single(Loaded.Errors("domains: [proxy.example.org]\n" + line + "\n"));

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_in_the_file_does_not_come_back_as_a_name_that_there_is()
    {
        var error = Assert.Single(Loaded.Errors("domains: [proxy.example.org]\nacme:\n  dns:\n    \"a\\u001b[31mb\": 1\n"));

        Assert.DoesNotContain(error, static c => char.IsControl(c));
        Assert.Contains("there are: acme.dns.hook, ", error, StringComparison.Ordinal);
    }
}
