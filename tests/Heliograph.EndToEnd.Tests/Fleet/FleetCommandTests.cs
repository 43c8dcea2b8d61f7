using System.Text.RegularExpressions;
using Heliograph.Platform;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary><c>heliograph fleet</c> on a terminal: what it makes, and what it says when something is wrong.</summary>
public sealed partial class FleetCommandTests : IDisposable
{
    private const string NoFleet =
        "this machine is in no fleet: make one with heliograph fleet init, or join one with heliograph fleet join";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly TempDirectory directory = new();

    public FleetCommandTests()
    {
        directory.Write("heliograph.yaml", $$"""
            domains: [proxy.example.org]
            state_directory: "{{directory["state"]}}"

            """);
        Directory.CreateDirectory(directory["state"]);
    }

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_real_etcd_starts_with_the_configuration_that_it_writes_and_the_line_that_it_prints_makes_a_fleet_there()
    {
        var (clients, peers) = (LoopbackPort.Free(), LoopbackPort.Free());
        var text = await FleetMachine.RunAsync(
            "fleet", "etcd", directory["etcd"], "--address", clients.Address.ToString(), "--port", $"{clients.Port}");
        Assert.Equal("etcd-key.pem etcd.pem etcd.yaml", string.Join(' ', Files("etcd")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory["etcd"], "etcd-key.pem")));
        var configuration = Path.Combine(directory["etcd"], "etcd.yaml");
        // Not where the real one would be on this machine.
        await File.WriteAllTextAsync(
            configuration,
            (await File.ReadAllTextAsync(configuration, Bound.Token))
                .Replace("/var/lib/etcd/heliograph", directory["data"], StringComparison.Ordinal)
                .Replace("127.0.0.1:2380", peers.ToString(), StringComparison.Ordinal),
            Bound.Token);
        await using var etcd = ChildProcess.Start("etcd", ["--config-file", configuration]);
        await etcd.WaitForLineAsync(
            static line => line.Contains("ready to serve client requests", StringComparison.Ordinal)
                || line.Contains("serving client traffic", StringComparison.Ordinal),
            StartBound);
        var printed = Line().Match(text);
        Assert.True(printed.Success, text);
        string[] init =
        [
            "fleet", "init", "--endpoint", printed.Groups["endpoint"].Value, "--pin", printed.Groups["pin"].Value, "--config", Config,
        ];
        var made = await FleetMachine.RunAsync([.. init, "--name", "vps1"]);
        Assert.Contains("This machine is the first of a new fleet, as vps1.", made, StringComparison.Ordinal);
        Assert.StartsWith(
            "0 of 1 machines are up. This one is vps1.\n",
            await FleetMachine.RunAsync("status", "--fleet", "--config", Config),
            StringComparison.Ordinal);
        var (code, _, errors) = await FleetMachine.TryAsync(init);
        Assert.Equal(1, code);
        Assert.Equal(
            "heliograph: this machine is in a fleet already, as vps1; add others with: heliograph fleet invite NAME\n", errors);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_directory_that_is_in_use_is_not_written_to()
    {
        directory.Write("there", "before");
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "etcd", directory.Path, "--address", "10.0.0.1");
        Assert.Equal(1, code);
        Assert.Equal(
            $"heliograph: {directory.Path} is not empty; name another directory, or delete it if no etcd uses it\n", errors);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_name_is_refused_where_etcd_takes_addresses_only()
    {
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "etcd", directory["etcd"], "--address", "etcd.example.org");
        Assert.Equal(2, code);
        Assert.StartsWith(
            "heliograph: --address \"etcd.example.org\" is no address; etcd listens on addresses only, such as 10.0.0.1\n",
            errors,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["etcd"]));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(
        2, "fleet join heliograph-fleet-1.AAAA",
        "this is no token of a fleet: a part of it is missing or changed; copy the whole line")]
    [InlineData(2, "fleet join secret", "this is no token of a fleet: it does not begin with heliograph-fleet-1.")]
    [InlineData(1, "fleet invite vps2", NoFleet)]
    [InlineData(1, "fleet remove vps2", NoFleet)]
    [InlineData(1, "fleet restore", NoFleet)]
    [InlineData(1, "fleet leave", NoFleet)]
    [InlineData(1, "status --fleet", NoFleet)]
    [InlineData(1, "status --fleet --watch", NoFleet)]
    [InlineData(
        2, "fleet init --endpoint https://10.0.0.1:2379 --name a/b",
        "\"a/b\": a machine's name has 1 to 63 letters, digits, dots, hyphens or underscores")]
    [InlineData(
        1, "fleet init --endpoint https://10.0.0.1:2379 --name a",
        "10.0.0.1:2379 is asked over TLS, but no key is pinned; give the SHA-256 of its public key.")]
    [InlineData(1, "fleet init --endpoint http://10.0.0.1:2379 --name a", "10.0.0.1:2379 would get the password without TLS; use https")]
    [InlineData(2, "fleet init --endpoint here --name a", "--endpoint \"here\" is no address; write it as https://10.0.0.1:2379")]
    [InlineData(
        1, "fleet init --endpoint https://10.0.0.1:2379 --name a --etcd-password-file /nowhere",
        "--etcd-password-file /nowhere cannot be read: ")]
    public async Task A_mistake_is_answered_with_what_to_do_and_changes_nothing(int exitCode, string command, string message)
    {
        var (code, _, errors) = await FleetMachine.TryAsync([.. command.Split(' '), "--config", Config]);
        Assert.StartsWith($"heliograph: {message}", errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
        Assert.False(File.Exists(Path.Combine(directory["state"], "fleet", "membership.json")));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_etcd_that_has_users_needs_roots_password_and_a_token_that_was_replaced_is_useless()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var first = new FleetMachine("vps1");
        await using var second = new FleetMachine("vps2");
        await using var pebble = await PebbleServer.StartAsync(first.Proxy.Pebble);
        first.Configure(pebble);
        second.Configure(pebble);
        await etcd.ControlAsync("user", "add", "root:of root");
        await etcd.ControlAsync("user", "grant-role", "root", "root");
        await etcd.ControlAsync("auth", "enable");

        string[] init =
        [
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", first.Proxy.Config,
        ];
        var (code, _, errors) = await FleetMachine.TryAsync(init);
        Assert.Equal(1, code);
        Assert.Contains("give root's password with --etcd-password-file FILE", errors, StringComparison.Ordinal);
        await FleetMachine.RunAsync([.. init, "--etcd-password-file", directory.Write("password", "of root\n")]);
        var old = await FleetMachine.RunAsync("fleet", "invite", "vps2", "--config", first.Proxy.Config);
        await second.JoinAsync(first);
        await FleetMachine.RunAsync("fleet", "leave", "--config", second.Proxy.Config);
        (code, _, errors) = await FleetMachine.TryAsync("fleet", "join", old.Trim(), "--config", second.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Contains("etcd does not know this user and password", errors, StringComparison.Ordinal);
        (code, _, errors) = await FleetMachine.TryAsync("fleet", "invite", "vps1", "--config", first.Proxy.Config);
        Assert.Equal(1, code);
        Assert.Equal("heliograph: vps1 is this machine; give the new one another name\n", errors);
    }

    [Fact(Timeout = Bound.LongTest)]
    [Trait("Needs", "root")]
    public async Task What_root_makes_belongs_to_the_service_and_who_may_not_read_it_is_told_to_use_sudo()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files to another user");
        var nobody = new FileOwner(65534, 65534);
        await using var etcd = await EtcdServer.StartAsync();
        Assert.True(nobody.TryGive(directory["state"]));
        await FleetMachine.RunAsync(
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", Config);
        string[] made = [.. Directory.EnumerateFileSystemEntries(directory["state"], "*", SearchOption.AllDirectories)];
        Assert.Contains(directory["state"] + "/decoy.seed", made);
        Assert.Contains(directory["state"] + "/fleet/membership.json", made);
        Assert.All(made, path => Assert.Equal(nobody, FileOwner.OfPath(path)));

        File.SetUnixFileMode(directory["state"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_111_111);
        var (code, _, errors) = await ChildProcess.RunAsync(
            "setpriv",
            [
                "--reuid", "daemon", "--regid", "nogroup", "--clear-groups", HeliographProcess.Program,
                "fleet", "leave", "--state-directory", directory["state"],
            ],
            StartBound);
        Assert.Equal(1, code);
        Assert.Equal(
            $"heliograph: {directory["state"]} cannot be read by user daemon; run this as the user that the server runs as (sudo)\n",
            errors);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_machine_that_made_a_fleet_can_leave_it_and_make_another_in_the_same_etcd()
    {
        await using var etcd = await EtcdServer.StartAsync();
        string[] init =
        [
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", Config,
        ];
        await FleetMachine.RunAsync(init);
        await FleetMachine.RunAsync("fleet", "invite", "vps2", "--config", Config);
        await FleetMachine.RunAsync("fleet", "leave", "--config", Config);
        await FleetMachine.RunAsync(init);
        Assert.StartsWith(
            "0 of 1 machines are up. This one is vps1.\n",
            await FleetMachine.RunAsync("status", "--fleet", "--config", Config),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_etcd_may_hide_behind_a_name_of_its_own_on_the_port_of_a_proxy()
    {
        Proxy.NeedsHeliograph();
        await using var etcd = await EtcdServer.StartAsync();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { More = $"passthrough: {{ localhost: \"{etcd.Clients}\" }}" });
        await FleetMachine.RunAsync(
            "fleet", "init", "--endpoint", $"https://localhost:{proxy.Endpoint.Port}", "--pin", etcd.Pin, "--name", "vps1",
            "--config", Config);
        Assert.StartsWith(
            "0 of 1 machines are up. This one is vps1.\n",
            await FleetMachine.RunAsync("status", "--fleet", "--config", Config),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_link_in_the_place_of_the_fleets_directory_is_not_followed()
    {
        Directory.CreateDirectory(directory["elsewhere"]);
        Directory.CreateSymbolicLink(Path.Combine(directory["state"], "fleet"), directory["elsewhere"]);
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "leave", "--config", Config);
        Assert.Equal(1, code);
        Assert.Equal($"heliograph: {directory["state"]}/fleet is a link, which is not followed; delete it\n", errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory["elsewhere"]));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Whoever_leaves_or_makes_a_fleet_takes_only_certificates_and_accounts_along_and_follows_no_link()
    {
        await using var etcd = await EtcdServer.StartAsync();
        string[] init =
        [
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", Config,
        ];
        var secret = directory.Write("secret", "of root");
        var acme = Path.Combine(directory["state"], "acme");
        var alone = Directory.CreateDirectory(Path.Combine(acme, "alone")).FullName;
        foreach (var one in new[] { acme, alone })
            File.CreateSymbolicLink(Path.Combine(one, "x.json"), secret);
        await FleetMachine.RunAsync(init);
        await FleetMachine.RunAsync("fleet", "leave", "--config", Config);
        Assert.False(Directory.Exists(alone));

        await FleetMachine.RunAsync(init);
        Directory.CreateDirectory(alone);
        var account = Path.Combine(alone, "account-x.json");
        File.CreateSymbolicLink(account, secret);
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "leave", "--config", Config);
        Assert.Equal(1, code);
        Assert.StartsWith($"heliograph: {account} cannot be read: It is a link, which is not followed", errors, StringComparison.Ordinal);

        Directory.Move(acme, directory["elsewhere"]);
        Directory.CreateSymbolicLink(acme, directory["elsewhere"]);
        (code, _, errors) = await FleetMachine.TryAsync("fleet", "leave", "--config", Config);
        Assert.Equal(1, code);
        Assert.Equal($"heliograph: {acme} is a link, which is not followed; delete it\n", errors);
        Assert.Equal("of root", await File.ReadAllTextAsync(secret, Bound.Token));
    }

    private string Config => directory["heliograph.yaml"];

    private IEnumerable<string> Files(string name) =>
        Directory.EnumerateFiles(directory[name]).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    [GeneratedRegex(
        @"heliograph fleet init --endpoint (?<endpoint>\S+) \\\s+--pin (?<pin>[0-9a-f]{64})",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
