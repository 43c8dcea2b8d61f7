using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Web;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary>What people read on the command line, and the exit codes that scripts check.</summary>
public sealed class UsageTests
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Cli/Golden/";

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help-init", "init", "--help")]
    [InlineData("help-link", "link", "--help")]
    [InlineData("help-link-new", "link", "new", "--help")]
    [InlineData("help-link-list", "link", "list", "--help")]
    [InlineData("help-link-show", "link", "show", "--help")]
    [InlineData("help-link-revoke", "link", "revoke", "--help")]
    [InlineData("help-link-rotate", "link", "rotate", "--help")]
    [InlineData("help-completion", "completion", "--help")]
    [InlineData("help-run", "run", "--help")]
    [InlineData("help-check", "check", "--help")]
    [InlineData("help-demo", "demo", "--help")]
    [InlineData("help-status", "status", "--help")]
    [InlineData("help-certificate", "certificate", "--help")]
    [InlineData("help-certificate-show", "certificate", "show", "--help")]
    [InlineData("help-certificate-renew", "certificate", "renew", "--help")]
    [InlineData("help-certificate-revoke", "certificate", "revoke", "--help")]
    [InlineData("help-certificate-roll-account-key", "certificate", "roll-account-key", "--help")]
    [InlineData("help-routes", "routes", "--help")]
    [InlineData("help-routes-show", "routes", "show", "--help")]
    [InlineData("help-routes-update", "routes", "update", "--help")]
    [InlineData("help-routes-undo", "routes", "undo", "--help")]
    [InlineData("help-fleet", "fleet", "--help")]
    [InlineData("help-fleet-etcd", "fleet", "etcd", "--help")]
    [InlineData("help-fleet-init", "fleet", "init", "--help")]
    [InlineData("help-fleet-invite", "fleet", "invite", "--help")]
    [InlineData("help-fleet-join", "fleet", "join", "--help")]
    [InlineData("help-fleet-remove", "fleet", "remove", "--help")]
    [InlineData("help-fleet-restore", "fleet", "restore", "--help")]
    [InlineData("help-fleet-leave", "fleet", "leave", "--help")]
    [InlineData("help-fleet-restart", "fleet", "restart", "--help")]
    [InlineData("help-fleet-names", "fleet", "names", "--help")]
    [InlineData("help-fleet-names-add", "fleet", "names", "add", "--help")]
    [InlineData("help-fleet-names-move", "fleet", "names", "move", "--help")]
    [InlineData("help-fleet-names-retire", "fleet", "names", "retire", "--help")]
    [InlineData("help-fleet-names-list", "fleet", "names", "list", "--help")]
    [InlineData("help-alerts", "alerts", "--help")]
    [InlineData("help-alerts-test", "alerts", "test", "--help")]
    [InlineData("help-config", "config", "--help")]
    [InlineData("help-config-show", "config", "show", "--help")]
    [InlineData("help-config-validate", "config", "validate", "--help")]
    [InlineData("help-config-schema", "config", "schema", "--help")]
    public async Task Help_is_as_reviewed(string file, params string[] arguments)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(arguments);
        Assert.Equal((0, ""), (code, errors));
        Golden.Check(GoldenFiles + file + ".txt", output);
    }

    [Theory]
    [InlineData("link", "link", "proxy.example.org")]
    [InlineData("completion-bash", "completion", "bash")]
    [InlineData("config-validate", "config", "validate", "--domain", "proxy.example.org")]
    public async Task The_output_of_a_command_is_as_reviewed(string file, params string[] arguments)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(arguments);
        Assert.Equal((0, ""), (code, errors));
        Golden.Check(GoldenFiles + file + ".txt", output);
    }

    [Fact]
    public async Task The_configuration_is_shown_with_the_origin_of_each_value()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("heliograph.yaml", """
            domains: [proxy.example.org]
            listen: ["[::]:8443"]
            acme:
              email: me@example.org
              challenges: [dns-01]
              eab: { key_id: kid, hmac_key: c2VjcmV0 }
              failover: { directory: "https://other.example/dir", eab: { key_id: kid2, hmac_key: b3RoZXJzZWNyZXQ } }
              dns: { rfc2136: { server: "192.0.2.53", key_name: acme-update, key_secret: "dHNpZ3NlY3JldA==" } }
            """
        );
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__LIMITS__IDLE_TIMEOUT"] = "5m",
            ["HELIOGRAPH__LISTEN"] = "[::]:9443",
        };
        var (code, output, errors) = await BuiltProgram.RunAsync(
            environment,
            "config",
            "show",
            "--config",
            file,
            "--listen",
            "127.0.0.1:0",
            "--route",
            "a.example=unix:/run/a.sock",
            "--http-listen",
            "none");
        Assert.Equal((0, ""), (code, errors));
        foreach (var secret in new[] { "c2VjcmV0", "b3RoZXJzZWNyZXQ", "dHNpZ3NlY3JldA" })
            Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        output = output.Replace(directory.Path, "/etc/heliograph", StringComparison.Ordinal);
        // The golden file has the nginx of Debian 12, the program that of this machine's system.
        var like = $"  like: auto  # {NginxProfile.OfThisMachine().Name}\n";
        Assert.Contains(like, output, StringComparison.Ordinal);
        Golden.Check(
            GoldenFiles + "config-show.txt", output.Replace(like, "  like: auto  # nginx-1.22\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_nginx_that_the_operator_chose_is_shown_with_its_origin()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["HELIOGRAPH__DECOY__LIKE"] = "nginx-1.26" },
            "config", "show", "--domain", "proxy.example.org");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("\n  like: nginx-1.26  # from HELIOGRAPH__DECOY__LIKE\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_that_of_the_keys()
    {
        Assert.Equal((0, ConfigurationSchema.Write(Keys.Catalog), ""), await BuiltProgram.RunAsync("config", "schema"));
    }

    [Fact]
    public async Task A_valid_configuration_is_reported_as_valid()
    {
        Assert.Equal(
            (0, "The configuration is valid (no file).\n", ""),
            await BuiltProgram.RunAsync("config", "validate", "--domain", "proxy.example.org"));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("config show")]
    [InlineData("config validate")]
    public async Task Every_command_reports_all_errors_of_the_configuration_and_exits_with_2(string command)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync([
            .. command.Split(' '),
            "--domain",
            "a b",
            "--drain-timeout",
            "x",
            "--drain-timeout",
            "y",
            "--route",
            "z",
        ]);
        const string Endpoints = "a host name with \"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\"";
        const string Durations = "a whole number with its unit ms, s, m, h or d, such as 500ms, 60s, 10m, 1h or 2d";
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"""
            heliograph: the configuration has 4 errors:
              --route: "z" is not NAME=ENDPOINT; allowed: {Endpoints}, such as chat.signal.org=127.0.0.1:9000
              --drain-timeout: is given 2 times; keep one
              domains.0 (--domain): "a b": not a host name; allowed: a DNS name such as proxy.example.org, or an IP address
              limits.drain_timeout (--drain-timeout): "y": not a duration; allowed: {Durations}

            """,
            errors);
    }

    [Fact]
    public async Task One_error_is_announced_as_one()
    {
        var (code, _, errors) = await BuiltProgram.RunAsync("config", "validate");
        Assert.Equal(2, code);
        Assert.StartsWith("heliograph: the configuration has an error:\n  domains: missing; ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "heliograph: a command is missing; available: ", "Try: heliograph --help")]
    [InlineData("rnu", "heliograph: unknown command rnu; did you mean run?", "Try: heliograph --help")]
    [InlineData("config sohw", "heliograph: unknown command sohw; did you mean show?", "Try: heliograph config --help")]
    [InlineData("config", "heliograph: a command is missing; available: show, validate, schema", "Try: heliograph config --help")]
    [InlineData("run --domian x", "heliograph: unknown option --domian; did you mean --domain?", "Try: heliograph run --help")]
    [InlineData("run --domian=x", "heliograph: unknown option --domian; did you mean --domain?", "Try: heliograph run --help")]
    [InlineData("run --xyzzy", "heliograph: unknown option --xyzzy", "Try: heliograph run --help")]
    [InlineData("config show extra", "heliograph: unexpected argument \"extra\"", "Try: heliograph config show --help")]
    [InlineData("run --config", "heliograph: Required argument missing for option: '--config'.", "Try: heliograph run --help")]
    public async Task An_invalid_command_line_is_reported_and_exits_with_2(string arguments, string first, string last)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (code, output));
        var lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith(first, lines[0], StringComparison.Ordinal);
        Assert.Equal(last, lines[1]);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("run --version")]
    [InlineData("config show --version")]
    public async Task Every_command_can_show_the_version(string arguments)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"\Aheliograph [0-9]+\.[0-9]+\.[0-9]+\n\z", output);
    }
}
