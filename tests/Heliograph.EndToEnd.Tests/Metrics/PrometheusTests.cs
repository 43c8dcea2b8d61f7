using System.Text.Json;
using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Metrics;

/// <summary>packaging/monitoring, checked by Prometheus itself against the built program.</summary>
public sealed partial class PrometheusTests
{
    private const string Rules = "packaging/monitoring/heliograph.rules.yml";
    private const string RuleTests = "tests/Heliograph.EndToEnd.Tests/Metrics/heliograph.rules.test.yml";
    private const string Dashboard = "packaging/monitoring/heliograph.dashboard.json";

    /// <summary>Starting it takes a few seconds of processor time, which a busy machine may not have.</summary>
    public static readonly TimeSpan ToolBound = TimeSpan.FromSeconds(60);

    [Fact(Timeout = Bound.LongTest)]
    public async Task Promtool_accepts_the_rules()
    {
        var (code, output, errors) = await ChildProcess.RunAsync("promtool", ["check", "rules", Repository.PathOf(Rules)], ToolBound);
        Assert.True(code == 0, output + errors);
        Assert.Contains($"{Alerts().Count} rules found", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Each_alert_fires_when_it_should_and_only_then()
    {
        var (code, output, errors) = await ChildProcess.RunAsync("promtool", ["test", "rules", Repository.PathOf(RuleTests)], ToolBound);
        Assert.True(code == 0, output + errors);
        Assert.Equal(
            Alerts().Order(StringComparer.Ordinal),
            AlertsIn(RuleTests, "- alertname:").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Every_query_of_the_dashboard_and_of_the_rules_finds_its_series()
    {
        Proxy.NeedsHeliograph();
        // Its self-check fails, because nobody trusts the certificate, but still appears in the metrics.
        var here = LoopbackPort.Free();
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Listen = here,
                Metrics = EndpointTests.OnLoopback,
                Limits = "monthly_bytes: 1TB",
                More = $"alerts: {{ self_check: 10s, self_check_address: \"{here}\" }}",
            });
        await Polling.UntilAsync(
            async () => (await Scrape.TakeAsync(proxy.Monitoring)).Series.Contains("heliograph_selfcheck_failures", StringComparer.Ordinal),
            Bound.Prompt * 4,
            "no self-check ran");
        await using var prometheus = await PrometheusServer.StartAsync(proxy.Monitoring, Repository.PathOf(Rules));
        var queries = DashboardQueries().Concat(RuleQueries()).ToList();
        Assert.True(queries.Count > 15, "the queries are no longer found in the files");
        foreach (var query in queries)
        {
            _ = await prometheus.QueryAsync(query);
            var selectors = Selector().Matches(query).Select(static match => match.Value).ToList();
            Assert.NotEmpty(selectors);
            foreach (var selector in selectors)
                Assert.True(
                    (await prometheus.QueryAsync(selector)).Count > 0,
                    $"{selector} of \"{query}\" matches nothing that the program exposes");
        }
        // Proof that a name or a label that the program does not have is detected.
        Assert.Empty(await prometheus.QueryAsync("heliograph_connections_ended_total{outcome=\"rejected\"}"));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_proxy_that_has_just_started_causes_no_alert()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Metrics = EndpointTests.OnLoopback, Limits = "monthly_bytes: 1TB" });
        await using var prometheus = await PrometheusServer.StartAsync(proxy.Monitoring, Repository.PathOf(Rules));
        Assert.Empty(await prometheus.QueryAsync("ALERTS{alertstate=\"firing\"}"));
    }

    private static List<string> Alerts() => AlertsIn(Rules, "- alert:");

    private static List<string> AlertsIn(string file, string key) =>
        [
            .. Repository
                .ReadLines(file)
                .Select(static line => line.Trim())
                .Where(line => line.StartsWith(key, StringComparison.Ordinal))
                .Select(line => line[key.Length..].Trim()),
        ];

    /// <summary>With the values that Grafana substitutes for its variables.</summary>
    private static IEnumerable<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(Dashboard)));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return target
                    .GetProperty("expr")
                    .GetString()!
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                    .Replace("$__range", "1h", StringComparison.Ordinal)
                    .Replace("$instance", ".*", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Each <c>expr</c>: the rest of its line, or the lines below if it is folded.</summary>
    private static IEnumerable<string> RuleQueries()
    {
        string[] lines = [.. Repository.ReadLines(Rules)];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (!line.StartsWith("expr:", StringComparison.Ordinal))
                continue;
            var first = line["expr:".Length..].Trim();
            yield return first != ">-"
                ? first
                : string.Join(
                    ' ',
                    lines
                        .Skip(i + 1)
                        .TakeWhile(static next => next.StartsWith("          ", StringComparison.Ordinal))
                        .Select(static next => next.Trim()));
        }
    }

    [GeneratedRegex(@"\b(heliograph_|process_|up\b)[a-z_]*(\{[^}]*\})?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Selector();
}
