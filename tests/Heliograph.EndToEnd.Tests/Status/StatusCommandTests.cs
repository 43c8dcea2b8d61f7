using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Status;

/// <summary><c>heliograph status</c> against the built program with real traffic.</summary>
public sealed class StatusCommandTests
{
    private const string Host = "chat.signal.org";
    private static readonly IPAddress Client = IPAddress.Parse("127.91.23.8");

    [Fact(Timeout = Bound.LongTest)]
    public async Task Real_traffic_is_shown_in_totals_and_the_weekly_total_survives_a_restart()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        using var down = LoopbackPort.Refusing(out var nobody);
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Host), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route((Host, signal.Endpoint), ("cdn.signal.org", nobody)) }, authority);
        var state = proxy.Directory["state"];
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(state, "control.sock")));

        var written = "";
        await using (var client = await TlsInTlsClient.ConnectAsync(From(proxy, Host), Bound.Token))
        {
            await Echo.RoundTripAsync(client.Inner, 1, 1_500_000);
            // The connection is still open, but its bytes count already.
            written += await OutputAsync(state, "--json");
            using var open = JsonDocument.Parse(written);
            Assert.Equal((8, 8), (Number(open, "connections", "open"), Number(open, "connections", "relayed")));
            Assert.Equal(
                (8, 2_000_000, 2_000_000),
                (Number(open, "relayed", "connections"), Number(open, "relayed", "bytes_up"), Number(open, "relayed", "bytes_down")));
            Assert.Equal(
                (8, 2_000_000), (Number(open, "totals", "this_week", "connections"), Number(open, "totals", "today", "bytes_down")));
            var text = await OutputAsync(state);
            Assert.Contains(
                "\n8 connections now, 8 of them relayed to Signal.\nThis week your proxy carried 8 connections and 4 MB.\n",
                text,
                StringComparison.Ordinal);
            written += text;
        }
        foreach (var name in new[] { "cdn.signal.org", "cdn.signal.org", "cdn.signal.org", "svr9.signal.org", "www.example.org" })
            await AskForAsync(proxy, name);
        await Polling.UntilAsync(
            async () => (await OutputAsync(state)).Contains("Nobody is connected now.", StringComparison.Ordinal),
            BuiltProgram.Limit,
            "connections stay");

        written += await OutputAsync(state, "--json");
        using (var ended = JsonDocument.Parse(await OutputAsync(state, "--json")))
        {
            Assert.Equal((0, 8), (Number(ended, "connections", "open"), Number(ended, "outcomes", "relayed")));
            Assert.Equal((8, 8), (Number(ended, "outcomes", "decoy_denied_name"), Number(ended, "outcomes", "decoy_upstream_down")));
            Assert.Equal(
                "{\"svr9.signal.org\":8}",
                ended
                    .RootElement.GetProperty("denied_names")
                    .ToString()
                    .Replace("\n", "", StringComparison.Ordinal)
                    .Replace(" ", "", StringComparison.Ordinal));
            Assert.Contains(
                ended.RootElement.GetProperty("upstreams").EnumerateArray(),
                one => one.GetProperty("failing").GetBoolean() && one.GetProperty("endpoint").GetString() == nobody.ToString());
            Assert.Equal(
                ["list_out_of_date", "upstream_down"],
                ended
                    .RootElement.GetProperty("warnings")
                    .EnumerateArray()
                    .Select(static one => one.GetProperty("code").GetString()!)
                    .Order(StringComparer.Ordinal));
        }

        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(BuiltProgram.Limit));
        await using var again = await HeliographProcess.StartAsync(proxy.Directory["heliograph.yaml"], proxy.Directory.Path);
        var restarted = await OutputAsync(state, "--json");
        using var last = JsonDocument.Parse(restarted);
        Assert.Equal(
            (0, 8, 2_000_000),
            (
                Number(last, "relayed", "connections"),
                Number(last, "totals", "this_week", "connections"),
                Number(last, "totals", "this_week", "bytes_up")));
        Assert.DoesNotContain(
            Client.ToString(),
            written + restarted + await File.ReadAllTextAsync(Path.Combine(state, "traffic.json"), Bound.Token) + proxy.Program.AllOutput,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Without_a_server_the_message_says_what_to_do()
    {
        using var directory = new TempDirectory();
        var (code, output, errors) = await BuiltProgram.RunAsync("status", "--state-directory", directory.Path);

        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            $"heliograph: no server is running with the state directory {directory.Path}: start it (heliograph run), or name the right " +
            $"directory with --state-directory DIR or --config FILE\n",
            errors);
        Assert.Equal((1, "", errors), await BuiltProgram.RunAsync("status", "--watch", "--state-directory", directory.Path));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Errors_elsewhere_in_the_configuration_do_not_matter_but_an_unreadable_file_does()
    {
        using var directory = new TempDirectory();
        var broken = directory.Write("broken.yaml", $"domain: x\nstate_directory: {directory.Path}\n");
        var (code, _, errors) = await BuiltProgram.RunAsync("status", "--config", broken);
        Assert.Equal(1, code);
        Assert.Contains($"no server is running with the state directory {directory.Path}", errors, StringComparison.Ordinal);

        (code, _, errors) = await BuiltProgram.RunAsync("status", "--config", directory["missing.yaml"]);
        Assert.Equal(2, code);
        Assert.Contains("there is no such file", errors, StringComparison.Ordinal);
        (code, _, errors) = await BuiltProgram.RunAsync("status", "--interval", "1");
        Assert.Equal(2, code);
        Assert.StartsWith("heliograph: --interval \"1\": the unit is missing; allowed: ", errors, StringComparison.Ordinal);
        (code, _, errors) = await BuiltProgram.RunAsync("status", "--fleet", "--interval", "1s", "--state-directory", directory.Path);
        Assert.Equal(2, code);
        Assert.StartsWith("heliograph: --interval: with --fleet it is at least 2s, ", errors, StringComparison.Ordinal);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(
        "{\"ok\":false,\"message\":\"the running server does not know this command; restart it if it is older than this program\"}\n",
        "the running server does not know this command")]
    [InlineData("{\"ok\":true}\n", "the running server has a different version from this program")]
    [InlineData("{\"ok\":true,\"status\":{\"version\":\"0.0.1\"}}\n", "the running server has a different version from this program")]
    [InlineData("{\"ok\":true", "the running server exited before it answered")]
    public async Task A_server_of_another_version_is_reported(string answer, string expected)
    {
        using var directory = new TempDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory["control.sock"]));
        listener.Listen();
        var asking = BuiltProgram.RunAsync("status", "--state-directory", directory.Path);
        using (var asked = await listener.AcceptAsync(Bound.Token))
        {
            await asked.ReceiveAsync(new byte[4096], Bound.Token);
            await asked.SendAsync(Encoding.UTF8.GetBytes(answer), Bound.Token);
        }
        var (code, output, errors) = await asking;

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("heliograph: " + expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Watching_prints_one_view_below_the_other_and_survives_the_servers_end()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        string[] arguments = ["status", "--watch", "--interval", "200ms", "--state-directory", proxy.Directory["state"]];
        await using var text = ChildProcess.Start(HeliographProcess.Program, arguments);
        await using var json = ChildProcess.Start(HeliographProcess.Program, [.. arguments, "--json"]);
        await Polling.UntilAsync(
            () => text.Output.Split("Nobody is connected now.").Length > 2, BuiltProgram.Limit, "no second view appeared");
        await Polling.UntilAsync(
            () => json.Output.Count(static letter => letter == '\n') > 1, BuiltProgram.Limit, "no second object appeared");
        proxy.Program.Signal(Processes.SIGTERM);
        await text.WaitForLineAsync(static line => line.Contains("no server is running", StringComparison.Ordinal), BuiltProgram.Limit);

        text.Signal(Processes.SIGINT);
        json.Signal(Processes.SIGHUP);
        Assert.Equal((0, 0), (await text.WaitForExitAsync(BuiltProgram.Limit), await json.WaitForExitAsync(BuiltProgram.Limit)));
        Assert.Equal(("", ""), (text.Errors, json.Errors));
        Assert.DoesNotContain('\e', text.Output);
        foreach (var line in json.Output.TrimEnd('\n').Split('\n'))
            JsonDocument.Parse(line).Dispose();
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task On_a_terminal_the_view_stays_in_place_and_the_terminal_is_restored()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        // script(1) gives it a terminal.
        var command =
            $"stty cols 80 rows 12; exec '{HeliographProcess.Program}' status --watch --interval 200ms --state-directory " +
            $"'{proxy.Directory["state"]}'";
        await using var terminal = ChildProcess.Start(
            "script",
            ["--quiet", "--flush", "--return", "--command", command, "/dev/null"],
            directory: null,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["TERM"] = "xterm", ["NO_COLOR"] = "1" });
        await Polling.UntilAsync(
            () => terminal.Output.Split("\e[H").Length > 3, BuiltProgram.Limit, "the view is not refreshed:\n" + terminal.AllOutput);
        var watching = Assert.Single(Processes.Children(terminal.Id));
        await ChildProcess.RunAsync("sh", ["-c", $"kill -INT {watching}"], Bound.Prompt);

        Assert.Equal(0, await terminal.WaitForExitAsync(BuiltProgram.Limit));
        Assert.Contains("\e[?1049h\e[?25l", terminal.Output, StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h\e[?1049l\n", terminal.Output, StringComparison.Ordinal);
        // 12 rows, the last of them empty.
        Assert.Contains("(more below: make the window higher)", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[32m", terminal.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_damaged_totals_file_is_one_line_in_the_log_and_the_server_runs()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings());
        proxy.Program.Signal(Processes.SIGTERM);
        await proxy.Program.WaitForExitAsync(BuiltProgram.Limit);
        var state = proxy.Directory["state"];
        await File.WriteAllTextAsync(Path.Combine(state, "traffic.json"), "{\"version\":1,\"da", Bound.Token);
        await using var again = await HeliographProcess.StartAsync(proxy.Directory["heliograph.yaml"], proxy.Directory.Path);

        Assert.Single(again.Child.Errors.Split('\n'), static line => line.Contains("traffic.json is damaged", StringComparison.Ordinal));
        Assert.Contains("has carried nothing yet", await OutputAsync(state), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(state, "traffic.json.damaged-*"));
    }

    private static async Task AskForAsync(Proxy proxy, string name)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(From(proxy, name), Bound.Token);
        await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
        Assert.NotEqual(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
    }

    private static async Task<string> OutputAsync(string state, params string[] arguments)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(["status", "--state-directory", state, .. arguments]);
        Assert.Equal((0, ""), (code, errors));
        return output;
    }

    private static long Number(JsonDocument json, params string[] path) =>
        path.Aggregate(json.RootElement, static (element, name) => element.GetProperty(name)).GetInt64();

    private static TlsInTlsOptions From(Proxy proxy, string innerName) => proxy.Client(innerName) with { From = Client };
}
