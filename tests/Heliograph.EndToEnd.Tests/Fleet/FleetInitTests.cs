using System.Text.Json.Nodes;
using Heliograph.Control;
using Heliograph.EndToEnd.Tests.Access;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>A fleet is made of a machine whose server goes on making and revoking links.</summary>
[Trait("Needs", "server")]
public sealed class FleetInitTests
{
    /// <summary>More than init sends requests to etcd.</summary>
    private const int Before = 60;

    [Fact(Timeout = Bound.LongTest)]
    public async Task What_the_server_was_told_of_links_between_any_two_steps_of_fleet_init_holds_in_the_fleet_or_was_refused()
    {
        Proxy.NeedsHeliograph();
        await using var etcd = await EtcdServer.StartAsync(isPlain: true);
        await using var machine = await Proxy.StartAsync(new ProxySettings
        {
            Domains = [Groups.Domain, "*." + Groups.Domain],
            More = "access: { mode: unlisted }",
        });
        var state = machine.Directory["state"];
        for (var number = 0; number < Before; number++)
            Assert.True((await AskAsync(state, AccessCommands.New, $"old{number}")).Ok);
        List<string> made = [], revoked = [], refused = [];
        var step = 0;
        await using (var hop = new EtcdHop(etcd.Endpoint, async () =>
        {
            var answer = await AskAsync(state, AccessCommands.New, $"new{step}");
            (answer.Ok ? made : refused).Add($"new{step}");
            Assert.True((await AskAsync(state, AccessCommands.Revoke, $"old{step}")).Ok);
            revoked.Add($"old{step++}");
        }))
            await FleetMachine.RunAsync(
                "fleet", "init", "--endpoint", hop.Endpoint.ToString(), "--name", "vps1", "--config", machine.Config);
        // The last one, of which the server has heard already.
        Assert.Equal([$"new{step - 1}"], refused);

        machine.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await machine.Program.WaitForExitAsync(Bound.Prompt));
        await UseAsync(state, etcd);
        await machine.StartAgainAsync();
        await Polling.UntilAsync(
            async () => !(await NamesAsync(machine)).Contains(revoked[^1], StringComparer.Ordinal),
            TimeSpan.FromSeconds(30),
            "a link that was revoked works");
        var names = await NamesAsync(machine);
        Assert.Empty(made.Except(names, StringComparer.Ordinal));
        Assert.Empty(revoked.Intersect(names, StringComparer.Ordinal));
        Assert.Equal(Before - revoked.Count + made.Count, names.Length);
    }

    /// <summary>Without the hop from now on.</summary>
    private static async Task UseAsync(string state, EtcdServer etcd)
    {
        var path = Path.Combine(state, "fleet", "membership.json");
        var membership = JsonNode.Parse(await File.ReadAllBytesAsync(path, Bound.Token))!;
        membership["endpoints"] = new JsonArray(etcd.Endpoint.ToString());
        await File.WriteAllTextAsync(path, membership.ToJsonString(), Bound.Token);
    }

    private static async Task<string[]> NamesAsync(Proxy machine) =>
        [.. (await new Groups(machine.Config).ListAsync()).Select(static group => group.GetProperty("name").GetString()!)];

    private static async Task<ControlResponse> AskAsync(string state, string command, string group) =>
        await ControlClient.AskAsync(
            state, new ControlRequest { Command = command, Group = group }, Bound.Prompt, TimeProvider.System, Bound.Token)
        ?? throw new InvalidOperationException("the server does not run");
}
