using System.Text.Json;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>A machine that runs <c>fleet join</c> at each start, as a pod does.</summary>
[Trait("Needs", "server")]
public sealed class FleetJoinTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_has_joined_by_a_token_already_needs_no_etcd_to_join_by_it_again()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await InitAsync(etcd);
        var token = await InviteAsync("vps2");
        string[] join = ["fleet", "join", "--token-file", directory.Write("token", token), "--config", Machine("vps2")];
        Assert.Equal(
            "This machine is in the fleet, as vps2. Restart the server: systemctl restart heliograph\n", await FleetMachine.RunAsync(join));
        var before = Membership("vps2");

        await etcd.KillAsync();
        Assert.Equal(
            "This machine has joined by this token already, as vps2: nothing was changed.\n", await FleetMachine.RunAsync(join));
        Assert.Equal(before, Membership("vps2"));

        // Another token of the same machine counts, and that one needs etcd.
        await etcd.StartAgainAsync();
        directory.Write("token", await InviteAsync("vps2"));
        await etcd.KillAsync();
        Assert.Equal(1, (await FleetMachine.TryAsync(join)).ExitCode);
        await etcd.StartAgainAsync();
        Assert.StartsWith("This machine is in the fleet, as vps2.", await FleetMachine.RunAsync(join), StringComparison.Ordinal);
        Assert.NotEqual(before, Membership("vps2"));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_state_directory_that_it_makes_is_private()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await InitAsync(etcd);
        var token = directory.Write("token", await InviteAsync("vps2"));
        await FleetMachine.RunAsync("fleet", "join", "--token-file", token, "--config", Machine("vps2"));
        foreach (var machine in new[] { "vps1", "vps2" })
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory[machine]));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_joins_again_keeps_the_key_that_it_has_though_etcd_was_put_back_to_an_older_state()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await InitAsync(etcd);
        var token = await InviteAsync("vps2");
        await InviteAsync("vps3");
        await etcd.KillAsync();
        await CopyAsync(etcd.DataDirectory, directory["older"]);
        await etcd.StartAgainAsync();
        await FleetMachine.RunAsync("fleet", "remove", "vps3", "--config", Machine("vps1"));
        string[] join = ["fleet", "join", "--token-file", directory.Write("token", token), "--config", Machine("vps2")];
        await FleetMachine.RunAsync(join);
        Assert.Equal(2, KeyNumber("vps2"));

        await etcd.KillAsync();
        etcd.Wipe();
        await CopyAsync(directory["older"], etcd.DataDirectory);
        await etcd.StartAgainAsync();
        await FleetMachine.RunAsync(join);
        Assert.Equal(2, KeyNumber("vps2"));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_file_that_cannot_be_read_is_named_and_a_token_beside_it_is_refused()
    {
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "join", "--token-file", "/nowhere", "--config", Machine("vps2"));
        Assert.Equal((1, "heliograph: --token-file /nowhere cannot be read: there is no such file\n"), (code, errors));

        (code, _, errors) = await FleetMachine.TryAsync("fleet", "join", "word", "--token-file", "/nowhere", "--config", Machine("vps2"));
        Assert.Equal((2, "heliograph: give the token, or a file with it (--token-file), not both\n"), (code, errors));
    }

    private Task<string> InitAsync(EtcdServer etcd) => FleetMachine.RunAsync(
        "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", Machine("vps1"));

    private Task<string> InviteAsync(string name) => FleetMachine.RunAsync("fleet", "invite", name, "--config", Machine("vps1"));

    /// <summary>Its configuration.</summary>
    private string Machine(string name) => directory.Write($"{name}.yaml", $$"""
        domains: [proxy.example.org]
        state_directory: "{{directory[name]}}"

        """);

    private string Membership(string name) => File.ReadAllText(Path.Combine(directory[name], "fleet", "membership.json"));

    private long KeyNumber(string name)
    {
        using var membership = JsonDocument.Parse(Membership(name));
        return membership.RootElement.GetProperty("key_number").GetInt64();
    }

    private static async Task CopyAsync(string from, string to)
    {
        var (code, output, errors) = await ChildProcess.RunAsync("cp", ["-a", from, to], Bound.Prompt);
        Assert.True(code == 0, output + errors);
    }
}
