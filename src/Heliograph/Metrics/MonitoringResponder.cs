using System.Text;
using Heliograph.Decoy.Http;

namespace Heliograph.Metrics;

/// <summary><c>/metrics</c> for Prometheus, <c>/healthz</c> and <c>/readyz</c> for whoever restarts the program or sends it clients.</summary>
internal sealed class MonitoringResponder : Responder
{
    private readonly MetricCollector collector;
    private readonly Func<Task<bool>> isAlive;
    private readonly Func<string?> notReady;

    /// <param name="collector">The metrics.</param>
    /// <param name="isAlive">Whether every loop responds.</param>
    /// <param name="notReady">Why the server is not ready; null: it is.</param>
    public MonitoringResponder(MetricCollector collector, Func<Task<bool>> isAlive, Func<string?> notReady)
    {
        this.collector = collector;
        this.isAlive = isAlive;
        this.notReady = notReady;
    }

    public override Response Respond(RequestHead head) => throw new NotSupportedException("the answers here are asked for: RespondAsync");

    public override async ValueTask<Response> RespondAsync(RequestHead head)
    {
        if (!head.IsGet && !head.IsHead)
            return Response.Page(head, NginxStatus.NotAllowed);
        return head.Target.Path switch
        {
            "/metrics" => Response.Text(PrometheusText.ContentType, Encoding.UTF8.GetBytes(PrometheusText.Write(collector.Collect()))),
            "/healthz" => Line(await isAlive() ? null : "an event loop does not respond", "ok"),
            "/readyz" => Line(notReady(), "ready"),
            _ => Response.Page(head, NginxStatus.NotFound),
        };
    }

    private static Response Line(string? problem, string good) =>
        Response.Text("text/plain; charset=utf-8", Encoding.UTF8.GetBytes((problem ?? good) + "\n"), problem is null ? NginxStatus.Ok : NginxStatus.ServiceUnavailable);
}
