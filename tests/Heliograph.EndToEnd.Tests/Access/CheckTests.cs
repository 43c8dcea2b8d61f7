using System.Net;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.Relay.Routing;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary><c>heliograph check</c>, and the proxy's own, of a proxy with unlisted names and of one with a wildcard.</summary>
public sealed class CheckTests : IAsyncDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TempDirectory directory = new();
    private readonly IPEndPoint here = LoopbackPort.Free();
    private readonly StandInSignal signal;

    public CheckTests() => signal = StandInSignal.Start(
        authority.Issue(TestKey.Ecdsa, [.. HostList.BuiltIn.GetCurrentNames("signal")]), StandInBehaviour.EchoAsync);

    public async ValueTask DisposeAsync()
    {
        await signal.DisposeAsync();
        authority.Dispose();
        directory.Dispose();
    }

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task A_links_name_works_and_every_other_is_a_web_site_and_says_so()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await StartAsync("access: { mode: unlisted }");
        var groups = new Groups(proxy.Config);
        var family = await groups.LinkAsync("new", "family");

        var (code, verdict, summary) = await CheckAsync(family);
        Assert.Equal((0, "works"), (code, verdict));
        (code, verdict, summary) = await CheckAsync(Groups.Domain);
        Assert.Equal((1, "proxy_broken"), (code, verdict));
        Assert.StartsWith(
            "This name is an ordinary web site: none of Signal's hosts answers through it. If its proxy has unlisted names", summary,
            StringComparison.Ordinal);
        (code, verdict, summary) = await CheckAsync(Groups.Domain, "--web-site");
        Assert.Equal(
            (0, "works", "This name is an ordinary web site: none of Signal's hosts answers through it."), (code, verdict, summary));
        (code, verdict, summary) = await CheckAsync(family, "--web-site");
        Assert.Equal((1, "proxy_broken"), (code, verdict));
        Assert.StartsWith("This name is no ordinary web site, ", summary, StringComparison.Ordinal);
    }

    [Theory(Timeout = Bound.UpgradeTest)]
    [InlineData("access: { mode: unlisted }", "This name is an ordinary web site: none of Signal's hosts answers through it.")]
    [InlineData("", "It works, and nothing needs to be done.")]
    public async Task On_the_server_the_wildcard_is_gone_through_and_the_bare_domain_is_what_it_has_to_be(string access, string bare)
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await StartAsync(access);
        var run = await RunAsync("check", "--config", proxy.Config, "--resolve", $"*.{Groups.Domain}:127.0.0.1");
        var proxies = run.RootElement.GetProperty("proxies").EnumerateArray().ToDictionary(
            static one => one.GetProperty("host").GetString()!,
            static one => one.GetProperty("summary").GetString()!,
            StringComparer.Ordinal);
        Assert.Equal(2, proxies.Count);
        Assert.Equal(bare, proxies[Groups.Domain]);
        Assert.Equal(
            "It works, and nothing needs to be done.",
            Assert.Single(proxies, static one => one.Key.EndsWith("." + Groups.Domain, StringComparison.Ordinal)).Value);
        // None of it is traffic, or a probe.
        var status = await RunAsync("status", "--json", "--config", proxy.Config);
        Assert.Empty(status.RootElement.GetProperty("outcomes").EnumerateObject());
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("access: { mode: unlisted }")]
    [InlineData("")]
    public async Task The_proxy_checks_itself_by_a_name_that_nobody_has(string access)
    {
        Proxy.NeedsHeliograph();
        var roots = directory.Write("roots.pem", authority.RootPem);
        await using var proxy = await StartAsync(
            $"{access}\nalerts: {{ self_check: 10s, self_check_address: \"{here}\" }}", "*." + Groups.Domain,
            ["env", $"SSL_CERT_FILE={roots}"]);
        await Polling.UntilAsync(
            async () =>
                (await Scrape.TakeAsync(proxy.Monitoring)).Text.Contains("\nheliograph_selfcheck_failures ", StringComparison.Ordinal),
            Bound.Prompt * 4,
            "no self-check ran");
        var scrape = await Scrape.TakeAsync(proxy.Monitoring);
        Assert.True(scrape["heliograph_selfcheck_failures"] == 0, proxy.Program.AllOutput);
        Assert.True(signal.Accepted > 0, "it has not gone through to Signal");
        Assert.Equal(0, scrape["heliograph_connections_accepted_total"]);
    }

    private Task<Proxy> StartAsync(string more, string? domains = null, IReadOnlyList<string>? wrapper = null) => Proxy.StartAsync(
        new ProxySettings
        {
            Domains = domains is null ? [Groups.Domain, "*." + Groups.Domain] : [domains],
            Listen = here,
            Routes = HostList.BuiltIn.GetCurrentNames("signal")
                .ToDictionary(static host => host, _ => signal.Endpoint, StringComparer.Ordinal),
            Metrics = EndpointTests.OnLoopback,
            More = more,
            Wrapper = wrapper ?? [],
        },
        authority);

    private async Task<(int ExitCode, string Verdict, string Summary)> CheckAsync(string name, params string[] arguments)
    {
        var run = await RunAsync(["check", $"{name}:{here.Port}", "--resolve", $"{name}:127.0.0.1", .. arguments]);
        return (
            run.RootElement.GetProperty("exit_code").GetInt32(), run.RootElement.GetProperty("verdict").GetString()!,
            run.RootElement.GetProperty("summary").GetString()!);
    }

    private async Task<JsonDocument> RunAsync(params string[] arguments)
    {
        var root = directory.Write("root.pem", authority.RootPem);
        string[] more = arguments[0] == "check"
            ? [
                "--ca-root", root, "--signal-root", root, "--resolve", $"{Groups.Domain}:127.0.0.1", "--http-port", "none",
                "--neutral", "none", "--quiet", "--json",
            ]
            : [];
        var (_, output, errors) = await BuiltProgram.RunAsync([.. arguments, .. more]);
        Assert.True(output.Length > 0, errors);
        return JsonDocument.Parse(output);
    }
}
