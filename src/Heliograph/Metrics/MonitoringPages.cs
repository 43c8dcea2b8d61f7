using Heliograph.Web;

namespace Heliograph.Metrics;

/// <summary><c>/metrics</c> for Prometheus; <c>/healthz</c> and <c>/readyz</c> for a supervisor or a load balancer.</summary>
internal sealed class MonitoringPages
{
    private readonly MetricCollector collector;
    private readonly Func<Task<bool>> isAlive;
    private readonly Func<string?> notReady;

    /// <param name="collector">The metrics.</param>
    /// <param name="isAlive">Whether every event loop responds.</param>
    /// <param name="notReady">Why the server is not ready; null: it is.</param>
    public MonitoringPages(MetricCollector collector, Func<Task<bool>> isAlive, Func<string?> notReady)
    {
        this.collector = collector;
        this.isAlive = isAlive;
        this.notReady = notReady;
    }

    /// <summary>The page at a path; null: no such page.</summary>
    public async ValueTask<TextAnswer?> AnswerAsync(string path) => path switch
    {
        "/metrics" => new(PrometheusText.ContentType, PrometheusText.Write(collector.Collect())),
        "/healthz" => Line(await isAlive() ? null : "an event loop does not respond", "ok"),
        "/readyz" => Line(notReady(), "ready"),
        _ => null,
    };

    private static TextAnswer Line(string? problem, string success) =>
        new("text/plain; charset=utf-8", (problem ?? success) + "\n", IsUnavailable: problem is not null);
}
