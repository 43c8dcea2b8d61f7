using Heliograph.Status.Page;
using Heliograph.Web;

namespace Heliograph.Metrics;

/// <summary>
/// <c>/</c> for the operator; <c>/metrics</c> for Prometheus; <c>/healthz</c> and <c>/readyz</c> for a supervisor or a load balancer.
/// </summary>
internal sealed class MonitoringPages
{
    private const string PlainText = "text/plain; charset=utf-8";

    private static readonly IReadOnlyList<KeyValuePair<string, string>> PageFields =
    [
        new("Content-Security-Policy", StatusPage.ContentSecurityPolicy),
        new("Referrer-Policy", "no-referrer"),
        new("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    private readonly MetricCollector collector;
    private readonly Func<string> page;
    private readonly Func<Task<bool>> isAlive;
    private readonly Func<string?> notReady;
    private readonly OwnHosts hosts;
    private readonly string? machine;

    /// <param name="collector">The metrics.</param>
    /// <param name="page">The operator's page.</param>
    /// <param name="isAlive">Whether every event loop responds.</param>
    /// <param name="notReady">Why the server is not ready; null: it is.</param>
    /// <param name="hosts">The hosts under which a browser may ask.</param>
    /// <param name="machine">A label of all metrics; null: they have none.</param>
    public MonitoringPages(
        MetricCollector collector, Func<string> page, Func<Task<bool>> isAlive, Func<string?> notReady, OwnHosts hosts, string? machine)
    {
        this.collector = collector;
        this.page = page;
        this.isAlive = isAlive;
        this.notReady = notReady;
        this.hosts = hosts;
        this.machine = machine;
    }

    /// <summary>The answer to a request; null: no such page.</summary>
    public async ValueTask<TextAnswer?> AnswerAsync(TextRequest request) => request.Path switch
    {
        // Programs on other machines may know this one by any name; the operator's page is reached through a tunnel.
        _ when (hosts.AreLocal || request.Path == "/") && !hosts.Has(request.Host) => Misdirected,
        "/" => new("text/html; charset=utf-8", page()) { Fields = PageFields },
        "/metrics" => new(PrometheusText.ContentType, PrometheusText.Write(collector.Collect(), machine)),
        "/healthz" => Line(await isAlive() ? null : "an event loop does not respond", "ok"),
        "/readyz" => Line(notReady(), "ready"),
        _ => null,
    };

    private static TextAnswer Misdirected { get; } = new(
        PlainText, "This is not a host of that name: ask for 127.0.0.1, localhost or the address in metrics.listen.\n")
    {
        Refusal = TextRefusal.Misdirected,
    };

    private static TextAnswer Line(string? problem, string success) =>
        new(PlainText, (problem ?? success) + "\n") { Refusal = problem is null ? null : TextRefusal.Unavailable };
}
