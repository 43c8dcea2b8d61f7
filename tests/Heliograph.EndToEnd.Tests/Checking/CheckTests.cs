using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary><c>heliograph check</c> of proxies that work: Signal's own pair of nginx, and Heliograph.</summary>
public class CheckTests
{
    private const string GoldenFiles = "tests/Heliograph.EndToEnd.Tests/Checking/Golden/";

    [Fact(Timeout = Bound.LongTest)]
    public async Task Heliograph_works_and_nothing_is_to_be_done()
    {
        Proxy.NeedsHeliograph();
        await using var check = new CheckedProxy();
        var http = LoopbackPort.Free();
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = check.Routes(), Decoy = "like: nginx-1.26", Arguments = ["--http-listen", http.ToString()] },
            check.Authority);
        string[] arguments = ["--signal-root", check.Root, "--http-port", $"{http.Port}"];
        var table = await check.RunAsync(proxy.Endpoint, arguments);
        Assert.Equal((0, ""), (table.ExitCode, table.Errors));
        Golden.Check(GoldenFiles + "heliograph.txt", table.Masked());
        Assert.All(table.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));

        var json = await check.RunAsync(proxy.Endpoint, [.. arguments, "--json", "--route", "grpc.chat.signal.org"]);
        Assert.Equal((0, "", "works"), (json.ExitCode, json.Errors, json.Verdict));
        Golden.Check(GoldenFiles + "heliograph.json", json.Masked());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Signals_own_pair_of_nginx_works_with_its_differences_named()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        using var nobody = LoopbackPort.Refusing(out var closed);
        var table = await check.RunAsync(pair.Endpoint, "--http-port", $"{closed.Port}");
        Assert.Equal((3, ""), (table.ExitCode, table.Errors));
        Golden.Check(GoldenFiles + "nginx-pair.txt", table.Masked());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Progress_goes_to_standard_error_but_not_with_json_or_quiet()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        string[] arguments =
        [
            "check",
            $"127.0.0.1:{pair.Endpoint.Port}",
            "--ca-root",
            check.Root,
            "--http-port",
            "none",
            "--neutral",
            "none",
            "--route",
            "chat.signal.org",
        ];
        var loud = await CheckedProxy.RunAsync([], arguments);
        Assert.Equal("tcp 127.0.0.1: connected\n", loud.Errors.Split("tls ")[0]);
        Assert.EndsWith("chat.signal.org: answers\n", loud.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await CheckedProxy.RunAsync([], [.. arguments, "--quiet"])).Errors);
        Assert.Equal("", (await CheckedProxy.RunAsync([], [.. arguments, "--json"])).Errors);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_share_link_names_the_proxy()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        var run = await CheckedProxy.RunAsync(
            [],
            [
                "check",
                $"https://signal.tube/#{CheckedProxy.Name}:{pair.Endpoint.Port}",
                "--resolve",
                $"{CheckedProxy.Name}:127.0.0.1",
                "--ca-root",
                check.Root,
                "--http-port",
                "none",
                "--neutral",
                "none",
                "--json",
            ]);
        Assert.Equal((0, "works"), (run.ExitCode, run.Verdict));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_name_is_resolved_in_both_families_and_an_address_that_is_closed_is_a_warning()
    {
        PrivateMounts.Need();
        await using var check = new CheckedProxy();
        using var files = new TempDirectory();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        var hosts = PrivateMounts.Over("/etc/hosts", files.Write("hosts", $"127.0.0.1 {CheckedProxy.Name}\n::1 {CheckedProxy.Name}\n"));
        var run = await CheckedProxy.RunAsync(
            hosts,
            [
                "check",
                $"{CheckedProxy.Name}:{pair.Endpoint.Port}",
                "--ca-root",
                check.Root,
                "--http-port",
                "none",
                "--neutral",
                "none",
                "--json",
            ]);
        Assert.Equal((3, "works_with_warnings"), (run.ExitCode, run.Verdict));
        Assert.Equal("resolved", run.Outcomes("dns")["AAAA"]);
        Assert.Equal("connected", run.Outcomes("tcp")["127.0.0.1"]);
        Assert.Equal("refused", run.Outcomes("tcp")["::1"]);
    }

    [Theory]
    [InlineData("https://example.org/", "a web address that is no link of Signal's (signal.tube); write the host's name only")]
    [InlineData("https://signal.tube/", "the link has no host behind its '#': was it copied to its end?")]
    [InlineData("a b", "not a host name")]
    [InlineData("*.example.org", "a wildcard; name one host")]
    [InlineData("example.org:0", "the port is not a number from 1 to 65535")]
    [InlineData("[127.0.0.1]:443", "only an IPv6 address stands in brackets, such as [2001:db8::7]:443")]
    public async Task An_argument_that_names_no_proxy_is_reported_and_exits_with_2(string host, string problem)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("check", host);
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"heliograph: HOST \"{host}\": {problem}; allowed: a host name or an IP address, with or without :PORT, or a link such as " +
            "https://signal.tube/#proxy.example.org\n",
            errors);
    }

    [Fact]
    public async Task All_errors_of_the_command_line_are_reported_at_once()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync(
            "check",
            "proxy.example",
            "--set",
            "signl",
            "--route",
            "a_b",
            "--resolve",
            "x",
            "--ca-root",
            "/no/such/file",
            "--http-port",
            "0",
            "--neutral",
            "a b",
            "--timeout",
            "9");
        Assert.Equal((2, ""), (code, output));
        Golden.Check(GoldenFiles + "bad-usage.txt", errors);
    }
}
