using System.Net;
using System.Text;
using Heliograph.Testing;

namespace Heliograph.Tests.Configuration;

/// <summary>What a configuration file can hold that is no configuration.</summary>
public sealed class YamlTests
{
    private const string Anchors =
        "anchors and aliases (& and *) are not supported; write the value out, in quotes if it starts with one of them";

    [Theory]
    [InlineData("domain: [a.example]", "domain (FILE:2): there is no such key; did you mean domains?")]
    [InlineData("Listen: []", "Listen (FILE:2): there is no such key; did you mean listen?")]
    [InlineData("limits: { idel_timeout: 5m }", "limits.idel_timeout (FILE:2): there is no such key; did you mean limits.idle_timeout?")]
    [InlineData("idle_timeout: 5m", "idle_timeout (FILE:2): there is no such key; did you mean limits.idle_timeout?")]
    [InlineData("xyzzy: 1",
        "xyzzy (FILE:2): there is no such key; there are: domains, listen, http, certificate, acme, routes, upstream, access, sources, "
        + "decoy, passthrough, trusted_proxies, tls, relay, limits, metrics, log, statistics, alerts, state_directory")]
    [InlineData("http: { xyzzy: { a: [1, { b: 2 }] } }", "http.xyzzy (FILE:2): there is no such key; there are: http.listen")]
    [InlineData("domains: [b.example]", "domains (FILE:2): the key stands here a second time; keep one of the two")]
    [InlineData("routes: { sets: { signal: 1 } }",
        "routes.sets (FILE:2): must be a list, written as sets: [...]; each item signal or signal-staging")]
    [InlineData("limits: 5",
        "limits (FILE:2): must be a section with keys: max_connections, max_connections_per_source, handshakes_per_second, "
        + "bytes_per_second, monthly_bytes, monthly_reset_day, when_low, when_spent, slow_bytes_per_second, handshake_timeout, "
        + "hello_timeout, connect_timeout, idle_timeout, drain_timeout, handover_timeout")]
    [InlineData("limits: [1]",
        "limits (FILE:2): must be a section with keys: max_connections, max_connections_per_source, handshakes_per_second, "
        + "bytes_per_second, monthly_bytes, monthly_reset_day, when_low, when_spent, slow_bytes_per_second, handshake_timeout, "
        + "hello_timeout, connect_timeout, idle_timeout, drain_timeout, handover_timeout")]
    [InlineData("state_directory: [/a]",
        "state_directory (FILE:2): must be a single value: the path of a directory that the program may write to")]
    [InlineData("state_directory:",
        "state_directory (FILE:2): has no value; allowed: the path of a directory that the program may write to")]
    [InlineData("routes: { sets: }", "routes.sets (FILE:2): has no value; allowed: a list, each item signal or signal-staging")]
    [InlineData("routes: { sets: [signal, [signal]] }",
        "routes.sets (FILE:2): every item must be a single value: signal or signal-staging")]
    [InlineData("routes: { hosts: [a] }",
        "routes.hosts (FILE:2): must be a section of lines NAME: VALUE, each a host name with \"host:port\", \"[IPv6]:port\" or "
        + "\"unix:/path/to.sock\"")]
    [InlineData("[a]: b", "the configuration (FILE:2): every key must be a plain name")]
    [InlineData("&x limits: { idle_timeout: 5m }", "the configuration (FILE:2): " + Anchors)]
    [InlineData("limits: &x { idle_timeout: 5m }", "limits (FILE:2): " + Anchors)]
    [InlineData("state_directory: &x /a", "state_directory (FILE:2): " + Anchors)]
    [InlineData("state_directory: *x", "state_directory (FILE:2): " + Anchors)]
    [InlineData("listen: *x", "listen (FILE:2): " + Anchors)]
    [InlineData("state_directory: !!str /a",
        "state_directory (FILE:2): tags (!) are not supported; take it out, or put the value in quotes if it starts with one")]
    [InlineData("limits: { <<: { idle_timeout: 5m } }", "limits.<< (FILE:2): merge keys are not supported; write the values out")]
    [InlineData("---\ndomains: [a.example]",
        "FILE:2: a second document starts here; a configuration is one document, so take the '---' out")]
    [InlineData("limits:\n\tidle_timeout: 5m", "FILE:3: a tab stands at the start of the line; YAML takes spaces only")]
    public void What_is_no_configuration_is_told_with_its_line(string yaml, string error) =>
        Assert.Equal([error], Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n"));

    [Fact]
    public void A_list_of_one_needs_no_brackets()
    {
        var settings = Loaded.Settings("domains: proxy.example.org\nlisten: \"[::]:8443\"\n");
        Assert.Equal(["proxy.example.org"], settings.Domains);
        Assert.Equal([IPEndPoint.Parse("[::]:8443")], settings.Listen);
    }

    [Theory]
    [InlineData("domains: a.example.org, b.example.org")]
    [InlineData("domains: \"a.example.org,b.example.org\"")]
    public void Values_joined_by_commas_are_a_list_as_in_the_environment(string yaml) =>
        Assert.Equal(["a.example.org", "b.example.org"], Loaded.Settings(yaml + "\n").Domains);

    [Fact]
    public void A_single_value_is_checked_like_the_item_of_a_list() =>
        Assert.Equal(Loaded.Errors("domains: [exa_mple]\n"), Loaded.Errors("domains: exa_mple\n"));

    [Theory]
    [InlineData("limits: { idle_timeout: 5m")]
    [InlineData("limits: \"5m")]
    [InlineData("a: b: c")]
    [InlineData("\u0001")]
    public void What_is_no_yaml_is_told_with_its_line(string yaml)
    {
        var errors = Loaded.Errors($"domains: [proxy.example.org]\n{yaml}\n");
        Assert.Contains(errors,
            static line => line.StartsWith("FILE:", StringComparison.Ordinal) && line.Contains(": not YAML: ", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, static line => line.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void What_may_stand_behind_the_broken_line_is_not_called_missing() =>
        Assert.Equal(
            ["FILE:2: a tab stands at the start of the line; YAML takes spaces only"],
            Loaded.Errors("limits:\n\tidle_timeout: 5m\ndomains: [proxy.example.org]\n"));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("limits:\nhttp:\n")]
    public void A_file_that_gives_nothing_is_a_good_one(string yaml) =>
        Assert.Equal(["a.example"], Loaded.Settings(yaml, ("HELIOGRAPH__DOMAINS", "a.example")).Domains);

    [Fact]
    public void A_bomb_of_aliases_is_refused_at_its_first_alias()
    {
        var bomb = new StringBuilder("domains: [a.example]\na0: &a0 [x, x]\n");
        for (var level = 1; level < 40; level++)
            bomb.Append($"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n");
        var errors = Loaded.Errors(bomb.ToString());
        Assert.Equal(40, errors.Count);
        Assert.All(errors, static error => Assert.Contains("there is no such key", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_without_end_is_an_error_and_no_crash() =>
        Assert.Contains("FILE:2: not YAML: nested too deep (column 42)",
            Loaded.Errors("domains: [a.example]\nlisten: " + new string('[', 500_000)), StringComparer.Ordinal);

    [Fact]
    public void Thousands_of_errors_are_cut()
    {
        var errors = Loaded.Errors("domains: [a.example]\n" + string.Concat(Enumerable.Range(0, 2000).Select(static i => $"key{i}: 1\n")));
        Assert.Equal(51, errors.Count);
        Assert.Equal("and 1950 more", errors[^1]);
    }

    [Fact]
    public void A_file_that_cannot_be_one_is_reported()
    {
        using var directory = new TempDirectory();
        var binary = directory["binary"];
        File.WriteAllBytes(binary, [0x64, 0xff, 0xfe]);
        Assert.Equal($"{binary}: not UTF-8 text; this is no configuration file, or it was saved in another encoding",
            Loaded.From(binary).Errors[0]);
        var huge = directory.Write("huge", new string('#', 1024 * 1024 + 1));
        Assert.Equal($"{huge}: longer than 1 MiB; this is no configuration file", Loaded.From(huge).Errors[0]);
        Assert.Equal("/dev/zero: longer than 1 MiB; this is no configuration file", Loaded.From("/dev/zero").Errors[0]);
        Assert.Equal($"{directory.Path}: a directory; name the file in it with --config FILE", Loaded.From(directory.Path).Errors[0]);
        Assert.Equal($"{directory["none"]}: there is no such file; name the configuration with --config FILE",
            Loaded.From(directory["none"]).Errors[0]);
    }

    [Fact]
    public void Values_in_errors_are_cut_and_cleaned_of_control_characters()
    {
        var errors = Loaded.Errors("domains: [\"a\\e[31m" + new string('x', 200) + "\"]\n");
        Assert.StartsWith("domains.0 (FILE:1): \"a\uFFFD[31mxxx", errors[0], StringComparison.Ordinal);
        Assert.True(errors[0].Length < 300);
    }
}
