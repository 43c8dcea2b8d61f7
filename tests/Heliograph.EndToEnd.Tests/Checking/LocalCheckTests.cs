using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Heliograph.Testing;
using Heliograph.Testing.UpstreamProxies;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary><c>heliograph check</c> without a host: the machine that the proxy runs on, and then the proxy.</summary>
public sealed class LocalCheckTests : IAsyncDisposable
{
    private readonly CheckedProxy check = new();
    private readonly TempDirectory directory = new();
    private readonly IPEndPoint listen = LoopbackPort.Free();

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_machine_and_its_running_server_are_looked_at_first_and_then_the_proxy()
    {
        var config = Configure(check.Signal);
        await using var server = await HeliographProcess.StartAsync(config, directory.Path);
        var run = await RunAsync(config);
        // The name resolves to loopback, so the part on this machine always has a remark.
        Assert.Equal((3, "works_with_warnings"), (run.ExitCode, run.Verdict));
        Assert.Equal(("good", "running"), Machine(run, "server"));
        Assert.Equal("warning", Machine(run, "dns").Outcome);
        Assert.Equal("works", Proxy(run).GetProperty("verdict").GetString());
        Assert.Equal("verified", run.Outcomes("route")["grpc.chat.signal.org"]);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_check_of_ones_own_proxy_is_no_traffic_however_it_is_named()
    {
        var config = Configure(check.Signal);
        await using var server = await HeliographProcess.StartAsync(config, directory.Path);
        await RunAsync(config);
        await RunAsync(config, $"{server.Endpoints[0]}");

        var status = await StatusAsync(config);
        Assert.Equal(0, status.GetProperty("connections").GetProperty("since_start").GetInt64());
        Assert.Equal(0, status.GetProperty("relayed").GetProperty("connections").GetInt64());
        Assert.Equal(0, status.GetProperty("relayed").GetProperty("bytes_up").GetInt64());
        Assert.Empty(status.GetProperty("outcomes").EnumerateObject());
        Assert.All(
            status.GetProperty("routes").EnumerateArray(),
            static route => Assert.Equal(0, route.GetProperty("connections").GetInt64()));
        // The checks did go through it.
        Assert.Contains(status.GetProperty("upstreams").EnumerateArray(), static host => host.GetProperty("dials").GetInt64() > 0);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_stopped_server_explains_why_nobody_can_connect()
    {
        var run = await RunAsync(Configure(check.Signal));
        Assert.Equal((1, "proxy_broken"), (run.ExitCode, run.Verdict));
        Assert.Equal("failure", Machine(run, "server").Outcome);
        Assert.Equal(
            "The proxy does not work, and the cause is on this machine: start the server: systemctl start heliograph, or heliograph run.",
            run.Summary);
        Assert.False(Directory.Exists(directory["state"]), "the check created the directory");
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_unreachable_Signal_is_distinguished_from_a_proxy_that_does_not_relay()
    {
        // From outside the two look alike: the server answers a request for a host that is down with the web site.
        using var nobody = LoopbackPort.Refusing(out var down);
        var config = Configure(down);
        await using var server = await HeliographProcess.StartAsync(config, directory.Path);
        var run = await RunAsync(config);
        Assert.Equal((1, "signal_unreachable"), (run.ExitCode, run.Verdict));
        Assert.Equal("as_denied", run.Outcomes("route")["grpc.chat.signal.org"]);
        Assert.Equal("refused", run.Outcomes("direct")["grpc.chat.signal.org"]);
        Assert.StartsWith(
            "The proxy is up, but this machine cannot reach Signal: find out why this machine cannot reach grpc.chat.signal.org",
            run.Summary,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_private_address_that_the_relay_would_not_dial_is_not_dialled_by_the_check_either()
    {
        PrivateMounts.Need();
        // A loopback address that nothing else uses, for Signal's port.
        var inside = new IPEndPoint(IPAddress.Parse("127.83.19.10"), 443);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(inside);
        listener.Listen();
        var lies = string.Concat(CheckedProxy.Hosts.Select(host => $"{inside.Address} {host}\n"));
        var wrapper = PrivateMounts.Over("/etc/hosts", directory.Write("hosts", lies));
        var config = Configure("{ zones: off }");
        await using var server = await HeliographProcess.StartAsync(config, directory.Path, wrapper: wrapper);

        var run = await RunAsync(wrapper, config);
        Assert.Equal((1, "signal_unreachable"), (run.ExitCode, run.Verdict));
        Assert.Equal("not_public", run.Outcomes("direct")["grpc.chat.signal.org"]);
        Assert.Equal(
            "The proxy is up, but this machine cannot reach Signal: a filtering resolver gives such answers: use another one on this "
            + "machine.",
            run.Summary);
        Assert.False(listener.Poll(0, SelectMode.SelectRead), "the private address was dialled");
    }

    [Fact(Timeout = Bound.LongTest)]
    [Trait("Needs", "server")]
    public async Task An_upstream_proxy_is_tried_by_itself_its_fault_is_the_cause_and_a_reload_mends_it()
    {
        await using var upstream = await RealProxy.StartAsync(RealProxyKind.Tinyproxy);
        var address = $"http://127.0.0.1:{upstream.Address.Port}";
        var config = Configure(check.Signal, Upstream("wrong"));
        await using var server = await HeliographProcess.StartAsync(config, directory.Path);

        var run = await RunAsync(config);
        Assert.Equal((1, "signal_unreachable"), (run.ExitCode, run.Verdict));
        Assert.Equal(("failure", $"{address} refuses the user or the password (HTTP status 401)"), Machine(run, "upstream proxy"));
        Assert.Equal("upstream_proxy", run.Outcomes("direct")["grpc.chat.signal.org"]);
        Assert.Single(server.Child.Errors.Split('\n'), static line => line.Contains("(upstream.proxy)", StringComparison.Ordinal));
        var status = await StatusAsync(config);
        Assert.Equal("critical", status.GetProperty("state").GetString());
        Assert.Equal("proxy_down", status.GetProperty("warnings")[0].GetProperty("code").GetString());
        var own = status.GetProperty("upstreams")[0];
        Assert.Equal((true, address), (own.GetProperty("proxy").GetBoolean(), own.GetProperty("endpoint").GetString()));
        Assert.True(own.GetProperty("failures").TryGetProperty("proxy_credentials", out _), own.ToString());

        Configure(check.Signal, Upstream(RealProxy.Password));
        server.Child.Signal(Processes.SIGHUP);
        await server.Child.WaitForLineAsync(
            static line => line.Contains("upstream.proxy_password", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        run = await RunAsync(config);
        Assert.Equal("verified", run.Outcomes("route")["grpc.chat.signal.org"]);
        Assert.Equal(("good", $"{address} connects to {check.Signal}"), Machine(run, "upstream proxy"));

        string Upstream(string password) =>
            $"upstream: {{ proxy: \"{address}\", proxy_user: {RealProxy.User}, proxy_password: {password} }}";
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Without_any_configuration_it_says_what_to_give()
    {
        var (code, output, errors) = await ChildProcess.RunAsync(HeliographProcess.Program, ["check"], TimeSpan.FromSeconds(30));
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            "heliograph: there is no configuration on this machine; give the proxy to check (heliograph check proxy.example.org), or the " +
            "file with --config FILE\n",
            errors);
    }

    public async ValueTask DisposeAsync()
    {
        await check.DisposeAsync();
        directory.Dispose();
    }

    private static (string Outcome, string Seen) Machine(CheckedProxy.CheckRun run, string name)
    {
        var step = JsonDocument
            .Parse(run.Output)
            .RootElement.GetProperty("machine")
            .EnumerateArray()
            .Single(one => one.GetProperty("subject").GetString() == name);
        return (step.GetProperty("outcome").GetString()!, step.GetProperty("seen").GetString()!);
    }

    private static async Task<JsonElement> StatusAsync(string config)
    {
        var (_, output, errors) = await ChildProcess.RunAsync(
            HeliographProcess.Program, ["status", "--config", config, "--json"], TimeSpan.FromSeconds(30));
        Assert.True(output.Length > 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static JsonElement Proxy(CheckedProxy.CheckRun run) => JsonDocument.Parse(run.Output).RootElement.GetProperty("proxies")[0];

    private Task<CheckedProxy.CheckRun> RunAsync(string config, params string[] host) => RunAsync([], config, host);

    private Task<CheckedProxy.CheckRun> RunAsync(IReadOnlyList<string> wrapper, string config, params string[] host) =>
        CheckedProxy.RunAsync(
            wrapper,
            ["check", .. host, "--config", config, "--ca-root", check.Root, "--signal-root", check.Root, "--neutral", "none", "--json"]);

    /// <summary>A configuration whose hosts all have one upstream.</summary>
    private string Configure(IPEndPoint signal, string more = "") =>
        Configure($$"""{ sets: [], hosts: { grpc.chat.signal.org: "{{signal}}", chat.signal.org: "{{signal}}" } }""", more);

    private string Configure(string routes, string more = "")
    {
        var (chain, key) = check.Certificate.WriteTo(directory);
        return directory.Write("heliograph.yaml", $$"""
            domains: ["127.0.0.1"]
            listen: ["{{listen}}"]
            http: { listen: [] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            routes: {{routes}}
            state_directory: "{{directory["state"]}}"
            {{more}}

            """);
    }
}
