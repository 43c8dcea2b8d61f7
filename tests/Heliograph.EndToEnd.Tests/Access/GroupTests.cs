using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>Links of groups, with the built program: made, shown, revoked and rotated while it runs and while it does not.</summary>
public sealed class GroupTests
{
    private const string Signal = "chat.signal.org";

    private static readonly ProxySettings Unlisted = new()
    {
        Domains = [Groups.Domain, "*." + Groups.Domain],
        More = "access: { mode: unlisted }",
        Metrics = "listen: [\"127.0.0.1:0\"]",
    };

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_link_works_at_once_and_after_a_crash_and_ends_with_its_connections_when_it_is_revoked()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            Unlisted with { Routes = ProxySettings.Route(Signal, signal.Endpoint) }, authority);
        var groups = new Groups(proxy.Config);

        var (code, output, errors) = await groups.RunAsync();
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            "heliograph: access.mode is unlisted, and no group has a link yet: make one with heliograph link new family\n", errors);
        var family = await groups.LinkAsync("new", "family", "--expires", "30d");
        var friends = await groups.LinkAsync("new", "friends", "--limit", "20");
        Assert.Equal(family, await groups.LinkAsync("show", "family"));
        await AssertWebSiteAsync(proxy, Groups.Domain);
        await using (var client = await TlsInTlsClient.ConnectAsync(Client(proxy, family), Bound.Token))
        {
            await Echo.RoundTripAsync(client.Inner, 1, 1_500_000);
            var list = await groups.RunAsync("list");
            Assert.Matches(@"(?m)^family +8 +4 MB +\d{4}-\d\d-\d\d  until \d{4}-\d\d-\d\d$", list.Output);
            Assert.Matches(@"(?m)^friends +0 +0 MB +never  at most 20 connections$", list.Output);
            Assert.DoesNotContain(family, list.Output, StringComparison.Ordinal);
            var status = await BuiltProgram.RunAsync("status", "--config", proxy.Config);
            Assert.Matches(@"(?m)^  family +8 +4 MB +\d{4}-\d\d-\d\d$", status.Output);
            Assert.DoesNotContain(family, status.Output, StringComparison.Ordinal);

            proxy.Program.Signal(Processes.SIGKILL);
            await proxy.Program.WaitForExitAsync(Bound.Prompt);
        }
        await proxy.StartAgainAsync();
        await using var again = await TlsInTlsClient.ConnectAsync(Client(proxy, family), Bound.Token);
        await using var other = await TlsInTlsClient.ConnectAsync(Client(proxy, friends), Bound.Token);
        await Echo.RoundTripAsync(again.Inner, 2, 1000);
        await Echo.RoundTripAsync(other.Inner, 3, 1000);

        // Under traffic: the relay reads and writes when its name goes.
        var traffic = PumpAsync(again.Inner);
        Assert.Equal(
            (0, "The links of family no longer work, and their connections end.\n", ""), await groups.RunAsync("revoke", "family"));
        await traffic.WaitAsync(Bound.Prompt, Bound.Token);
        await Echo.RoundTripAsync(other.Inner, 4, 1000);
        await AssertWebSiteAsync(proxy, family);
        Assert.Equal(friends, await groups.LinkAsync());
        Assert.DoesNotContain("family", (await Scrape.TakeAsync(proxy.Monitoring)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("friends", (await Scrape.TakeAsync(proxy.Monitoring)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_rotated_link_works_beside_the_new_one_until_its_grace_is_over()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            Unlisted with { Routes = ProxySettings.Route(Signal, signal.Endpoint) }, authority);
        var groups = new Groups(proxy.Config);
        var old = await groups.LinkAsync("new", "family");
        await using var before = await TlsInTlsClient.ConnectAsync(Client(proxy, old), Bound.Token);
        var latest = await groups.LinkAsync("rotate", "family", "--grace", "30s");
        Assert.NotEqual(old, latest);
        foreach (var name in new[] { old, latest })
        {
            await using var client = await TlsInTlsClient.ConnectAsync(Client(proxy, name), Bound.Token);
            await Echo.RoundTripAsync(client.Inner, 1, 1000);
        }
        await PumpAsync(before.Inner).WaitAsync(TimeSpan.FromSeconds(90), Bound.Token);
        await AssertWebSiteAsync(proxy, old);
        await using var after = await TlsInTlsClient.ConnectAsync(Client(proxy, latest), Bound.Token);
        await Echo.RoundTripAsync(after.Inner, 2, 1000);
        Assert.Equal([latest], await groups.NamesAsync());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Without_a_running_server_the_commands_change_what_it_will_start_with()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            Unlisted with { Routes = ProxySettings.Route(Signal, signal.Endpoint) }, authority);
        proxy.Program.Signal(Processes.SIGTERM);
        await proxy.Program.WaitForExitAsync(Bound.Prompt);
        var groups = new Groups(proxy.Config);

        var family = await groups.LinkAsync("new", "family");
        var old = await groups.LinkAsync("new", "friends");
        Assert.Equal(0, (await groups.RunAsync("revoke", "friends")).ExitCode);
        var (code, _, errors) = await groups.RunAsync("show", "famly");
        Assert.Equal((1, "heliograph: there is no group famly; did you mean family?\n"), (code, errors));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(proxy.Directory["state"], "access.json")));

        await proxy.StartAgainAsync();
        await using var client = await TlsInTlsClient.ConnectAsync(Client(proxy, family), Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 1, 1000);
        await AssertWebSiteAsync(proxy, old);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_command_that_root_runs_leaves_the_file_to_the_servers_user()
    {
        Assert.SkipUnless(Environment.UserName == "root", "giving a file away requires root");
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(Unlisted);
        proxy.Program.Signal(Processes.SIGTERM);
        await proxy.Program.WaitForExitAsync(Bound.Prompt);
        await ChildProcess.RunAsync("chown", ["-R", "65534:65534", proxy.Directory["state"]], Bound.Prompt);
        await new Groups(proxy.Config).LinkAsync("new", "family");
        var (_, owners, _) = await ChildProcess.RunAsync(
            "find", [proxy.Directory["state"], "!", "-user", "65534"], Bound.Prompt);
        Assert.Equal("", owners);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("unlink", "access.json.new")]
    [InlineData("openat", "access.json.new")]
    [InlineData("pwrite64", "access.json.new")]
    [InlineData("fsync", "access.json.new")]
    [InlineData("rename", "access.json.new")]
    [InlineData("fsync", "")]
    public async Task A_kill_at_any_step_of_a_rotation_loses_no_link(string call, string file)
    {
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        await using var proxy = await Proxy.StartAsync(Unlisted);
        proxy.Program.Signal(Processes.SIGTERM);
        await proxy.Program.WaitForExitAsync(Bound.Prompt);
        var groups = new Groups(proxy.Config);
        string[] names = [await groups.LinkAsync("new", "family"), await groups.LinkAsync("new", "friends")];

        var (code, output, _) = await ChildProcess.RunAsync(
            "strace",
            [
                "-f", "-qq", "-o", "/dev/null", "-P", Path.Combine(proxy.Directory["state"], file).TrimEnd('/'),
                "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when=1", HeliographProcess.Program,
                "link", "rotate", "family", "--config", proxy.Config,
            ],
            TimeSpan.FromSeconds(60));
        Assert.Equal((137, ""), (code, output));

        // Nobody was told of a new name, and the old ones work; only after the last step there is one more.
        var found = await groups.NamesAsync();
        Assert.Equal(file.Length > 0 ? 2 : 3, found.Length);
        Assert.All(names, name => Assert.Contains(name, found));
        var latest = await groups.LinkAsync("rotate", "family");
        found = await groups.NamesAsync();
        Assert.All(names.Append(latest), name => Assert.Contains(name, found));
    }

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task A_server_that_is_killed_while_it_rotates_keeps_every_link_that_it_has_told_of()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(Unlisted);
        var groups = new Groups(proxy.Config);
        var told = new List<string> { await groups.LinkAsync("new", "family") };
        for (var round = 0; round < 8; round++)
        {
            var rotating = groups.RunAsync("rotate", "family", "--grace", "1h");
            // From before the command has asked to after it has been answered.
            await Task.Delay(TimeSpan.FromMilliseconds(40 * round), Bound.Token);
            proxy.Program.Signal(Processes.SIGKILL);
            await proxy.Program.WaitForExitAsync(Bound.Prompt);
            var (code, output, _) = await rotating;
            if (code == 0)
                told.Add(output.Trim().Split('#')[1]);
            await proxy.StartAgainAsync();
            var names = await groups.NamesAsync();
            Assert.All(told, name => Assert.Contains(name, names));
        }
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task With_every_name_open_a_link_can_be_made_before_the_others_are_closed()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            Unlisted with { Routes = ProxySettings.Route(Signal, signal.Endpoint), More = "" }, authority);
        var groups = new Groups(proxy.Config);
        var (code, _, errors) = await groups.RunAsync("new", "family");
        Assert.Equal(0, code);
        Assert.Contains("warning: access.mode is open, so every other name of this proxy leads to Signal's hosts as well", errors,
            StringComparison.Ordinal);
        var family = await groups.LinkAsync("show", "family");
        await using var open = await TlsInTlsClient.ConnectAsync(Client(proxy, Groups.Domain), Bound.Token);
        await Echo.RoundTripAsync(open.Inner, 1, 1000);

        await File.AppendAllTextAsync(proxy.Config, "access: { mode: unlisted }\n", Bound.Token);
        proxy.Program.Signal(Processes.SIGHUP);
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Configuration reloaded; changed: access.mode", StringComparison.Ordinal), Bound.Prompt);
        await PumpAsync(open.Inner).WaitAsync(Bound.Prompt, Bound.Token);
        await AssertWebSiteAsync(proxy, Groups.Domain);
        await using var client = await TlsInTlsClient.ConnectAsync(Client(proxy, family), Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 2, 1000);
    }

    [Theory]
    [InlineData("new", "Family", "has characters that no group's name may have")]
    [InlineData("rotate", "a b", "has characters that no group's name may have")]
    public async Task A_bad_name_of_a_group_is_an_error(string command, string group, string problem)
    {
        var (code, _, errors) = await BuiltProgram.RunAsync("link", command, group);
        Assert.Equal(2, code);
        Assert.Equal(
            $"heliograph: \"{group}\": {problem}; allowed: 1 to 32 of the letters a to z, digits, - and _, such as family\n", errors);
    }

    [Theory]
    [InlineData(
        "new", "--expires", "0d",
        "--expires \"0d\": must be from 1s to 3650d; allowed: a whole number with its unit s, m, h or d, such as 12h or 30d")]
    [InlineData(
        "rotate", "--grace", "91d",
        "--grace \"91d\": must be from 0s to 90d; allowed: a whole number with its unit s, m, h or d, such as 12h or 30d")]
    [InlineData("new", "--limit", "0", "--limit \"0\": not a number of connections; allowed: a whole number from 1 to 1000000")]
    public async Task A_bad_limit_of_a_group_is_an_error(string command, string option, string value, string problem)
    {
        var (code, _, errors) = await BuiltProgram.RunAsync("link", command, "family", option, value);
        Assert.Equal(2, code);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
    }

    /// <summary>Whoever comes for Signal under this name sees what a visitor sees.</summary>
    private static async Task AssertWebSiteAsync(Proxy proxy, string name)
    {
        var hello = await InnerHello.ForAsync(Signal);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(Client(proxy, name), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        using var reader = new StreamReader(client.Outer);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(Bound.Token));
    }

    /// <summary>Echoes until the connection ends.</summary>
    private static async Task PumpAsync(Stream stream)
    {
        try
        {
            var bytes = new byte[10_000];
            while (true)
            {
                await stream.WriteAsync(bytes, Bound.Token);
                await stream.ReadExactlyAsync(bytes, Bound.Token);
            }
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    private static TlsInTlsOptions Client(Proxy proxy, string name) => proxy.Client(Signal) with { OuterName = name };
}
