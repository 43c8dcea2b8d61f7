using System.Net;
using System.Net.Sockets;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;
using Heliograph.Tests.Configuration;

namespace Heliograph.EndToEnd.Tests.Setup;

/// <summary><c>heliograph init</c> with flags: it asks nothing, checks the machine, writes the file, and says what comes next.</summary>
public sealed class InitTests : IDisposable
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Setup/Golden/";
    private const string Domain = "proxy.example.org";

    private readonly InitRun init = new();

    public void Dispose() => init.Dispose();

    [Fact]
    public async Task It_writes_a_configuration_and_shows_the_link_and_the_next_command()
    {
        var (code, output, errors) = await init.RunAsync("--domain", Domain, "--email", "you@example.org", "--offline");
        Assert.Equal((0, ""), (code, errors));
        Golden.Check(GoldenFiles + "init.txt", init.Stable(output));
        var written = await File.ReadAllTextAsync(init.File, TestContext.Current.CancellationToken);
        Golden.Check(GoldenFiles + "heliograph.yaml", written.Replace(init.Directory.Path, "/DIRECTORY", StringComparison.Ordinal));
        Assert.Equal(
            UnixFileMode.None,
            File.GetUnixFileMode(init.File) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
        // Nothing else is left: the server creates its own directory.
        Assert.Equal([init.File], Directory.GetFileSystemEntries(init.Directory.Path));
        Assert.Equal(
            (0, $"The configuration is valid ({init.File}).\n", ""),
            await BuiltProgram.RunAsync("config", "validate", "--config", init.File));
    }

    [Fact]
    public async Task Called_with_sudo_it_ends_with_a_command_that_has_sudo()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "sudo makes the program root");
        var (_, output, _) = await BuiltProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["SUDO_UID"] = "1000" },
            init.Arguments("--domain", Domain, "--offline"));
        Assert.Matches($@"(?m)^  sudo (\./)?heliograph run --config {init.File}$", output);
    }

    [Fact]
    public async Task What_run_reads_is_what_was_given()
    {
        await init.RunAsync(
            "--domain",
            Domain,
            "--domain",
            "198.51.100.7",
            "--offline",
            "--route",
            "a.example=127.0.0.1:9",
            "--decoy-upstream",
            "127.0.0.1:8080",
            "--certificate-chain",
            "chain.pem",
            "--certificate-key",
            "key.pem",
            "--drain-timeout",
            "2s");
        var settings = Loaded.From(init.File).Settings!;
        Assert.Equal([Domain, "198.51.100.7"], settings.Domains);
        Assert.Equal("a.example", Assert.Single(settings.Routes.Hosts).Key);
        Assert.Equal("127.0.0.1:8080", settings.Decoy.Upstream?.ToString());
        // The server starts in another directory.
        Assert.Equal(Path.GetFullPath("chain.pem"), settings.Certificate.Chain);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Limits.DrainTimeout);
        Assert.Empty(settings.HttpListen);
    }

    [Fact]
    public async Task Every_key_that_is_commented_out_is_valid()
    {
        await init.RunAsync("--domain", Domain, "--offline");
        var lines = await File.ReadAllLinesAsync(init.File, TestContext.Current.CancellationToken);
        var keys = lines.Count(IsKey);
        Assert.InRange(keys, 15, 60);
        var settings = Loaded.Settings(
            string.Join('\n', lines.Select(static line => IsKey(line) ? line.Replace("#", "", StringComparison.Ordinal) : line)));
        Assert.Equal("/srv/www", settings.Decoy.Directory);
        Assert.All(lines, static line => Assert.InRange(line.Length, 0, 80 + (line.Contains('/', StringComparison.Ordinal) ? 200 : 0)));

        static bool IsKey(string line) => line.TrimStart() is ['#', var first, ..] && char.IsAsciiLetter(first);
    }

    [Fact]
    public async Task An_existing_file_stays_unless_force_is_given()
    {
        init.Directory.Write("heliograph.yaml", "domains: [old.example.org]\n");
        var (code, output, errors) = await init.RunAsync("--domain", Domain, "--offline");
        Assert.Equal(
            (2, "", $"heliograph: {init.File} already exists; --force replaces it, --config FILE names another\n"),
            (code, output, errors));
        Assert.Equal("domains: [old.example.org]\n", await File.ReadAllTextAsync(init.File, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await init.RunAsync("--domain", Domain, "--offline", "--force")).ExitCode);
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
    }

    [Fact]
    public async Task A_dry_run_shows_the_file_and_writes_nothing()
    {
        var (code, output, errors) = await init.RunAsync("--domain", Domain, "--offline", "--dry-run");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"{init.File} would be:", output, StringComparison.Ordinal);
        Assert.Contains($"domains: [{Domain}]", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(init.Directory.Path));
    }

    [Fact]
    public async Task A_port_in_use_is_reported_but_the_file_is_written_and_the_exit_code_is_3()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, output, errors) = await BuiltProgram.RunAsync(
            "init",
            "--domain",
            Domain,
            "--offline",
            "--config",
            init.File,
            "--state-directory",
            init.Directory["state"],
            "--listen",
            $"127.0.0.1:{port}",
            "--http-listen",
            "none");
        Assert.Equal((3, ""), (code, errors));
        Assert.Contains($"  ✗ port {port}", output, StringComparison.Ordinal);
        var program = File.ReadAllText("/proc/self/comm").Trim();
        Assert.Contains($"in use by {program} (process {Environment.ProcessId})", output, StringComparison.Ordinal);
        Assert.Contains($"First fix what is marked ✗ above (port {port}). Then:", output, StringComparison.Ordinal);
        Assert.True(File.Exists(init.File));
    }

    /// <summary>In a network of its own, where the machine has one public address and the ports 443 and 80 are free.</summary>
    [Fact]
    public async Task A_domain_that_resolves_elsewhere_is_reported_before_a_certificate_is_ordered()
    {
        PrivateMounts.Need();
        var hosts = init.Directory.Write("hosts", $"127.0.0.1 localhost\n8.8.4.4 {Domain}\n2a01:4f8::9 {Domain}\n");
        string[] inside =
        [
            "--net",
            "sh",
            "-c",
            "ip link set lo up && ip address add 8.8.4.4/32 dev lo && exec \"$@\"",
            "sh",
            HeliographProcess.Program,
            "init",
            "--domain",
            Domain,
            "--config",
            init.File,
            "--state-directory",
            init.Directory["state"],
            "--acme-directory",
            "https://127.0.0.1:1/directory",
        ];
        var (code, output, errors) = await ChildProcess.RunAsync(
            "unshare", [.. PrivateMounts.Over("/etc/hosts", hosts).Skip(1), "unshare", .. inside], BuiltProgram.Limit);
        Assert.Equal((3, ""), (code, errors));
        Golden.Check(GoldenFiles + "init-elsewhere.txt", init.Stable(output));
    }

    [Fact]
    public async Task Without_a_terminal_the_domain_must_be_given()
    {
        var (code, output, errors) = await init.RunAsync("--offline");
        Assert.Equal(
            (
                2,
                "",
                "heliograph: --domain is missing, and there is no terminal to ask on; give the name that clients type: heliograph init " +
                "--domain proxy.example.org\n"
            ),
            (code, output, errors));
    }

    [Fact]
    public async Task An_invalid_domain_is_an_error_of_the_command_line()
    {
        var (code, output, errors) = await init.RunAsync("--domain", "a b", "--offline");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("(--domain): \"a b\": not a host name", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(init.File));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_reported_in_one_line()
    {
        var (code, _, errors) = await BuiltProgram.RunAsync(
            "init",
            "--domain",
            Domain,
            "--offline",
            "--config",
            "/proc/heliograph/heliograph.yaml",
            "--state-directory",
            init.Directory["state"],
            "--listen",
            "127.0.0.1:0",
            "--http-listen",
            "none");
        Assert.Equal(1, code);
        Assert.StartsWith(
            $"heliograph: /proc/heliograph/heliograph.yaml cannot be written by user {Environment.UserName} (",
            errors,
            StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task On_a_terminal_it_asks_again_until_it_can_use_the_answer()
    {
        var (code, screen) = await PseudoTerminal.RunAsync(
            "no name\\rproxy.example.org\\rnobody\\ryou@example.org\\r\\r", init.Arguments("--offline"));
        Assert.Equal(0, code);
        Assert.Contains("not a host name; for example proxy.example.org", screen, StringComparison.Ordinal);
        Assert.Contains("not an e-mail address; for example you@example.org, or nothing", screen, StringComparison.Ordinal);
        Assert.Contains("▀▀▀▀▀▀▀", screen, StringComparison.Ordinal);
        var settings = Loaded.From(init.File).Settings!;
        Assert.Equal([Domain], settings.Domains);
        Assert.Equal("you@example.org", settings.Acme.Email);
    }

    [Theory]
    [InlineData("proxy")]
    [InlineData("*.example.org")]
    public async Task On_a_terminal_it_asks_again_for_a_name_that_no_certificate_can_have(string name)
    {
        var (code, screen) = await PseudoTerminal.RunAsync(
            $"{name}\\rproxy.example.org\\rnobody@x\\ryou@example.org\\r\\r", init.Arguments("--offline", "--no-qr"));
        Assert.Equal(0, code);
        Assert.Contains("; for example proxy.example.org", screen, StringComparison.Ordinal);
        Assert.Contains("not an e-mail address; for example you@example.org, or nothing", screen, StringComparison.Ordinal);
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
    }

    [Theory]
    [InlineData("\\r", true)]
    [InlineData("n\\r", false)]
    public async Task With_a_DNS_hook_it_offers_unlisted_names(string answer, bool isUnlisted)
    {
        var hook = init.Directory.Write("hook", "");
        var (code, screen) = await PseudoTerminal.RunAsync(
            "example.org\\r\\r\\r" + answer,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["HELIOGRAPH__ACME__DNS__HOOK"] = hook },
            init.Arguments("--offline", "--no-qr"));
        Assert.Equal(0, code);
        Assert.Contains("Unlisted names?", screen, StringComparison.Ordinal);
        var settings = Loaded.From(init.File).Settings!;
        Assert.Equal(isUnlisted ? ["example.org", "*.example.org"] : ["example.org"], settings.Domains);
        Assert.Equal((isUnlisted, isUnlisted ? hook : null), (settings.Access.IsUnlisted, settings.Acme.Dns?.Hook));
        Assert.Equal(isUnlisted, screen.Contains("heliograph link new family", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_RFC_2136_it_offers_unlisted_names_and_writes_its_keys_and_shows_no_secret()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__ACME__DNS__RFC2136__SERVER"] = "192.0.2.53",
            ["HELIOGRAPH__ACME__DNS__RFC2136__KEY_NAME"] = "acme-update",
            ["HELIOGRAPH__ACME__DNS__RFC2136__KEY_SECRET"] = "dHNpZ3NlY3JldA==",
        };
        var (_, shown) = await PseudoTerminal.RunAsync(
            "example.org\\r\\r\\r\\r", environment, init.Arguments("--offline", "--no-qr", "--dry-run"));
        Assert.Contains("key_secret: \"********\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("dHNpZ3NlY3JldA", shown, StringComparison.Ordinal);
        var (code, screen) = await PseudoTerminal.RunAsync(
            "example.org\\r\\r\\r\\r", environment, init.Arguments("--offline", "--no-qr"));
        Assert.Equal(0, code);
        Assert.DoesNotContain("dHNpZ3NlY3JldA", screen, StringComparison.Ordinal);
        var rfc2136 = Loaded.From(init.File).Settings!.Acme.Dns!.Rfc2136!;
        Assert.Equal(("192.0.2.53", "acme-update", "dHNpZ3NlY3JldA=="), (rfc2136.Server, rfc2136.KeyName, rfc2136.KeySecret));
    }

    [Fact]
    public async Task A_sentence_about_anything_becomes_a_web_site_and_a_folder_that_is_there_is_taken_as_it_is()
    {
        var (code, screen) = await PseudoTerminal.RunAsync(
            "proxy.example.org\\r\\r/no/such/site\\rTwo hives beside a railway line.\\r" +
            $"Bees on Mill Lane\\r{init.Directory["bees"]}\\r",
            init.Arguments("--offline", "--no-qr"));
        Assert.Equal(0, code);
        Assert.Contains("there is no such folder; for example /srv/site/html", screen, StringComparison.Ordinal);
        var site = Loaded.From(init.File).Settings!.Decoy.Directory!;
        Assert.Equal(init.Directory["bees/html"], site);
        var page = await File.ReadAllTextAsync(Path.Combine(site, "index.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Two hives beside a railway line.", page, StringComparison.Ordinal);
        Assert.Contains("Bees on Mill Lane", page, StringComparison.Ordinal);

        (code, _) = await PseudoTerminal.RunAsync(
            $"proxy.example.org\\r\\r{site}\\r", init.Arguments("--offline", "--no-qr", "--force"));
        Assert.Equal((0, site), (code, Loaded.From(init.File).Settings!.Decoy.Directory));
    }

    [Fact]
    public async Task A_site_is_not_written_over_what_is_there_nor_by_a_dry_run()
    {
        Directory.CreateDirectory(init.Directory["full"]);
        init.Directory.Write("full/file", "");
        var (code, screen) = await PseudoTerminal.RunAsync(
            $"proxy.example.org\\r\\rOne two three four\\rOne\\r{init.Directory["full"]}\\r{init.Directory["empty"]}\\r",
            init.Arguments("--offline", "--no-qr"));
        Assert.Equal(0, code);
        Assert.Contains("is not empty", screen, StringComparison.Ordinal);
        Assert.Equal(["file"], Directory.GetFileSystemEntries(init.Directory["full"]).Select(Path.GetFileName));

        (code, screen) = await PseudoTerminal.RunAsync(
            "proxy.example.org\\r\\rOne two three four\\r\\r", init.Arguments("--offline", "--no-qr", "--dry-run"));
        Assert.Equal(0, code);
        Assert.Contains("a dry run writes no site", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_a_dot_is_good_where_no_authority_is_asked()
    {
        var (code, _) = await PseudoTerminal.RunAsync(
            "localhost\\r\\r\\r", init.Arguments("--offline", "--no-qr", "--certificate-source", "self-signed"));
        Assert.Equal(0, code);
        Assert.Equal(["localhost"], Loaded.From(init.File).Settings!.Domains);
    }

    [Fact]
    public async Task A_pasted_address_becomes_its_name_on_a_terminal_and_in_a_flag()
    {
        Assert.Equal(
            0,
            (await PseudoTerminal.RunAsync(" https://Proxy.Example.org/\\r\\r\\r", init.Arguments("--offline", "--no-qr"))).ExitCode);
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
        var (code, _, errors) = await init.RunAsync("--domain", "https://signal.tube/#proxy.example.org", "--offline", "--force");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal([Domain], Loaded.From(init.File).Settings!.Domains);
    }

    [Fact]
    public async Task The_e_mail_address_may_be_left_out()
    {
        Assert.Equal(0, (await PseudoTerminal.RunAsync("proxy.example.org\\r\\r\\r", init.Arguments("--offline", "--no-qr"))).ExitCode);
        Assert.Null(Loaded.From(init.File).Settings!.Acme.Email);
    }

    [Theory]
    [InlineData("n\\r", 1, "old.example.org")]
    [InlineData("\\r", 1, "old.example.org")]
    [InlineData("y\\r", 0, Domain)]
    public async Task On_a_terminal_it_asks_before_it_replaces_a_file(string answer, int expected, string domain)
    {
        init.Directory.Write("heliograph.yaml", "domains: [old.example.org]\n");
        var (code, screen) = await PseudoTerminal.RunAsync(answer, init.Arguments("--domain", Domain, "--offline", "--no-qr"));
        Assert.Equal(expected, code);
        Assert.Contains("already exists. Replace it?", screen, StringComparison.Ordinal);
        Assert.Equal([domain], Loaded.From(init.File).Settings!.Domains);
    }
}
