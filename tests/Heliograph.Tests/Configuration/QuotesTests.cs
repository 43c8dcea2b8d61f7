namespace Heliograph.Tests.Configuration;

/// <summary>Quotes that are part of a value: Docker's env_file and YAML's own quotes leave them in.</summary>
public sealed class QuotesTests
{
    private const string Problem = "stands in quotes that are part of the value here; write it without them: ";

    [Theory]
    [InlineData("HELIOGRAPH__DOMAINS", "\"proxy.example.org\"", "proxy.example.org")]
    [InlineData("HELIOGRAPH__DOMAINS", "'proxy.example.org'", "proxy.example.org")]
    [InlineData("HELIOGRAPH__DOMAINS", "\"a.example,b.example\"", "a.example,b.example")]
    [InlineData("HELIOGRAPH__DOMAINS__0", "\"proxy.example.org\"", "proxy.example.org")]
    [InlineData("HELIOGRAPH__STATE_DIRECTORY", "\"/var/lib/heliograph\"", "/var/lib/heliograph")]
    [InlineData("HELIOGRAPH__ROUTES__HOSTS", "\"a.example=192.0.2.1:443\"", "a.example=192.0.2.1:443")]
    [InlineData("HELIOGRAPH__ROUTES__HOSTS__a.example", "'192.0.2.1:443'", "192.0.2.1:443")]
    public void A_variable_in_quotes_is_told_what_to_write(string variable, string value, string bare) =>
        Assert.Equal(
            [$"{variable}: {value} {Problem}{bare}"],
            Loaded.Errors(
                variable.StartsWith("HELIOGRAPH__DOMAINS", StringComparison.Ordinal) ? null : "domains: [a.example]\n",
                (variable, value)));

    [Fact]
    public void A_secret_in_quotes_is_not_shown()
    {
        var error = Assert.Single(Loaded.Errors(
            "domains: [a.example]\nacme: { eab: { key_id: a } }\n", ("HELIOGRAPH__ACME__EAB__HMAC_KEY", "\"aHVzaA\"")));
        Assert.Equal($"HELIOGRAPH__ACME__EAB__HMAC_KEY: ******** {Problem}********", error);
    }

    [Theory]
    [InlineData("domains: ['\"proxy.example.org\"']\n", "domains.0 (FILE:1): \"\"proxy.example.org\"\"", "proxy.example.org")]
    [InlineData("domains: [a.example]\nstate_directory: \"'/srv/x'\"\n", "state_directory (FILE:2): \"'/srv/x'\"", "/srv/x")]
    public void A_value_in_quotes_within_quotes_is_told_what_to_write(string yaml, string start, string bare) =>
        Assert.StartsWith($"{start}: {Problem}{bare}; allowed: ", Assert.Single(Loaded.Errors(yaml)), StringComparison.Ordinal);

    [Theory]
    [InlineData("domains: [\"\"proxy.example.org\"\"]\n",
        "FILE:1: \"\"proxy.example.org\"\" has its quotes twice; write \"proxy.example.org\"")]
    [InlineData("domains:\n  - \"\"proxy.example.org\"\"\n",
        "FILE:2: \"\"proxy.example.org\"\" has its quotes twice; write \"proxy.example.org\"")]
    public void Doubled_quotes_are_named(string yaml, string error) =>
        Assert.Equal(error, Loaded.Errors(yaml)[0]);
}
