using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Routes;
using Heliograph.Platform.Resolving;
using Heliograph.Testing;
using Heliograph.Testing.Bind;
using Heliograph.Testing.Etcd;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary><c>heliograph fleet names</c>, with a real BIND that takes signed updates, and with a program.</summary>
[Trait("Needs", "server")]
public sealed class FleetNamesTests : IDisposable
{
    private const string Name = $"{BindServer.Moving}.{BindServer.Zone}";

    private static readonly string Secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_name_is_given_moved_and_retired_in_DNS_and_in_the_list_of_all_machines()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: $"{BindServer.Moving} 300 IN A 203.0.113.1");
        await MakeAsync(etcd, $"rfc2136: {{ server: \"{bind.Address}\", key_name: {BindServer.KeyName}, key_secret: \"{Secret}\" }}");

        Assert.Equal(
            $"{Name} leads to 203.0.113.1, 203.0.113.2, 2001:db8::2, by the name server {bind.Address}.\n",
            await NamesAsync("add", Name, "--address", "203.0.113.2", "--address", "2001:db8::2"));
        Assert.Equal(["2001:db8::2", "203.0.113.1", "203.0.113.2"], await LookUpAsync(bind));

        // 60 s, not the 300 of before: the first change has written all records anew.
        Assert.Equal(
            $"{Name} leads to 203.0.113.3, by the name server {bind.Address}.\n" +
            "Resolvers may remember 203.0.113.1, 203.0.113.2, 2001:db8::2 for 1 minute; keep it up for so long.\n",
            await NamesAsync("move", Name, "--address", "203.0.113.3"));
        Assert.Equal(["203.0.113.3"], await LookUpAsync(bind));
        var list = await ListAsync();
        Assert.Equal(("given", "203.0.113.3"), (list.GetProperty("state").GetString(), list.GetProperty("addresses")[0].GetString()));

        Assert.Equal(
            $"{Name} has no address any more, by the name server {bind.Address}.\n" +
            "Resolvers may remember 203.0.113.3 for 1 minute; keep it up for so long.\n",
            await NamesAsync("retire", Name, "--blocked"));
        // The zone has a wildcard, which now answers.
        Assert.DoesNotContain("203.0.113.3", await LookUpAsync(bind));
        list = await ListAsync();
        Assert.Equal("blocked", list.GetProperty("state").GetString());
        Assert.Empty(list.GetProperty("addresses").EnumerateArray());
        Assert.Matches($@"\Aname +state +since +leads to\n{Name} +blocked  \d{{4}}-\d\d-\d\d\n\z", await NamesAsync("list"));
    }

    [Fact(Timeout = Bound.LongTest)]
    [Trait("Needs", "root")]
    public async Task Without_an_address_a_name_leads_to_the_public_addresses_that_a_machine_reports()
    {
        const string address = "192.31.196.77";
        await using var own = await LocalPublicAddress.AddAsync(address);
        await using var etcd = await EtcdServer.StartAsync();
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        await MakeAsync(etcd, $"rfc2136: {{ server: \"{bind.Address}\", key_name: {BindServer.KeyName}, key_secret: \"{Secret}\" }}");
        var (code, _, errors) = await FleetMachine.TryAsync("fleet", "names", "move", Name, "vps1", "--config", Config);
        Assert.Equal((1, "heliograph: vps1 is down, and its addresses are not known; give them with --address\n"), (code, errors));

        await using var server = await HeliographProcess.StartAsync(Config, directory.Path);
        await Polling.UntilAsync(
            async () => (await FleetMachine.RunAsync("status", "--fleet", "--config", Config))
                .StartsWith("1 of 1", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            "the machine does not report");
        Assert.Contains($"{Name} leads to ", await NamesAsync("move", Name, "vps1"), StringComparison.Ordinal);
        Assert.Contains(address, await LookUpAsync(bind));
        Assert.Equal("vps1", (await ListAsync()).GetProperty("machines")[0].GetString());
        (code, _, errors) = await FleetMachine.TryAsync("fleet", "names", "move", Name, "vps7", "--config", Config);
        Assert.Equal((2, "heliograph: no machine is called vps7; these are in the fleet: vps1\n"), (code, errors));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_program_gets_all_addresses_at_once_and_one_that_knows_only_dns_01_is_not_believed()
    {
        await using var etcd = await EtcdServer.StartAsync();
        var hook = directory.Write("hook", $"""
            #!/bin/sh
            echo "$@" >> {directory["calls"]}
            case "$1" in addresses) echo done ;; esac

            """);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await MakeAsync(etcd, $"hook: \"{hook}\"\n    visible_at: [\"{LoopbackPort.Free()}\"]");
        Assert.Equal(
            $"{Name} leads to 203.0.113.1, 2001:db8::1, by acme.dns.hook ({hook}).\n" +
            "No name server of it could be asked: resolvers may remember what was before for as long as its records said.\n",
            await NamesAsync("move", Name, "--address", "2001:db8::1", "--address", "203.0.113.1"));
        // Nobody can be asked what it has: the list knows.
        Assert.StartsWith(
            $"{Name} leads to 203.0.113.1, 203.0.113.2, 2001:db8::1, by",
            await NamesAsync("add", Name, "--address", "203.0.113.2"),
            StringComparison.Ordinal);
        await NamesAsync("retire", Name);
        Assert.Equal(
            [
                $"addresses {Name}. 60 203.0.113.1 2001:db8::1",
                $"addresses {Name}. 60 203.0.113.1 203.0.113.2 2001:db8::1",
                $"addresses {Name}. 60",
            ],
            await File.ReadAllLinesAsync(directory["calls"], Bound.Token));

        await File.WriteAllTextAsync(hook, "#!/bin/sh\nexit 0\n", Bound.Token);
        var (code, _, errors) = await FleetMachine.TryAsync(
            "fleet", "names", "move", Name, "--address", "203.0.113.9", "--config", Config);
        Assert.Equal(1, code);
        Assert.Contains("printed no line \"done\", so it seems to know only the calls of dns-01", errors, StringComparison.Ordinal);
        Assert.Equal("retired", (await ListAsync()).GetProperty("state").GetString());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_name_server_that_answers_no_questions_does_not_make_add_delete_what_the_name_has()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: $"{BindServer.Moving} 300 IN A 203.0.113.1", queries: $"key {BindServer.KeyName}");
        await MakeAsync(
            etcd,
            $"rfc2136: {{ server: \"{bind.Address}\", zone: {BindServer.Zone}, key_name: {BindServer.KeyName}, " +
            $"key_secret: \"{Secret}\" }}");
        var (code, _, errors) = await FleetMachine.TryAsync(
            "fleet", "names", "add", Name, "--address", "203.0.113.2", "--config", Config);
        Assert.Equal(
            (1,
                $"heliograph: nobody can say which addresses {Name} has now, neither its name server nor the list; to let it lead to " +
                "these and no others: heliograph fleet names move\n"),
            (code, errors));
        // The change itself is signed, and the list knows what it was.
        const string unknown =
            "No name server of it could be asked: resolvers may remember what was before for as long as its records said.\n";
        Assert.Equal(
            $"{Name} leads to 203.0.113.3, by the name server {bind.Address}.\n" + unknown,
            await NamesAsync("move", Name, "--address", "203.0.113.3"));
        Assert.Equal(
            $"{Name} leads to 203.0.113.3, 203.0.113.2, by the name server {bind.Address}.\n" + unknown,
            await NamesAsync("add", Name, "--address", "203.0.113.2"));
    }

    private string Config => directory["heliograph.yaml"];

    private async Task MakeAsync(EtcdServer etcd, string dns)
    {
        Directory.CreateDirectory(directory["state"]);
        directory.Write("heliograph.yaml", $$"""
            domains: ["*.{{BindServer.Zone}}"]
            listen: ["{{LoopbackPort.Free()}}"]
            http: { listen: [] }
            certificate: { source: self-signed }
            routes: { sets: [], hosts: { a.example: "127.0.0.1:9" } }
            acme:
              challenges: [dns-01]
              dns:
                {{dns}}
            state_directory: "{{directory["state"]}}"

            """);
        await FleetMachine.RunAsync(
            "fleet", "init", "--endpoint", etcd.Endpoint.ToString(), "--pin", etcd.Pin, "--name", "vps1", "--config", Config);
    }

    private Task<string> NamesAsync(params string[] arguments) =>
        FleetMachine.RunAsync(["fleet", "names", .. arguments, "--config", Config]);

    private async Task<JsonElement> ListAsync()
    {
        using var list = JsonDocument.Parse(await NamesAsync("list", "--json"));
        return Assert.Single(list.RootElement.GetProperty("names").EnumerateArray()).Clone();
    }

    private static async Task<string[]> LookUpAsync(BindServer bind)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(bind.Address, Bound.Token);
        var found = new List<string>();
        foreach (var type in (int[])[DnsTypes.A, DnsTypes.Aaaa])
        {
            await socket.SendAsync(DnsWriter.Query((ushort)type, Name, type, recursive: false), Bound.Token);
            var buffer = new byte[4096];
            var length = await socket.ReceiveAsync(buffer, Bound.Token);
            found.AddRange(DnsAnswer.Parse(buffer.AsSpan(0, length))!.Answers.Select(static record => $"{new IPAddress(record.Data)}"));
        }
        return [.. found.Order(StringComparer.Ordinal)];
    }
}
