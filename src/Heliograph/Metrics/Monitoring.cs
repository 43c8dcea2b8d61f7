using System.Net;
using Heliograph.Configuration;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Metrics;

/// <summary>The instruments, and everything that reads them.</summary>
internal sealed class Monitoring : IAsyncDisposable
{
    private readonly HeliographMeter meter;
    private readonly MetricCollector collector;
    private TextServer? server;
    private OtlpExport? otlp;

    private Monitoring(MetricSources sources)
    {
        meter = new(sources);
        collector = new(meter);
    }

    /// <summary>Where the metrics are served, with the actual ports where the system chose them.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => server?.Endpoints ?? [];

    /// <param name="settings">Where to listen.</param>
    /// <param name="sources">What is measured.</param>
    /// <param name="page">The operator's page.</param>
    /// <param name="isAlive">Whether every event loop responds.</param>
    /// <param name="logger">The operator's log.</param>
    /// <exception cref="WebServerException">It cannot listen on a configured address.</exception>
    public static async Task<Monitoring> StartAsync(
        Settings settings, MetricSources sources, Func<string> page, Func<Task<bool>> isAlive, ILogger logger)
    {
        var monitoring = new Monitoring(sources);
        try
        {
            var pages = new MonitoringPages(
                monitoring.collector, page, isAlive, sources.NotReady, new OwnHosts(settings.MetricsListen), sources.Machine);
            monitoring.server = await TextServer.StartAsync(settings.MetricsListen, Keys.MetricsListen.Name, pages.AnswerAsync, logger);
        }
        catch (WebServerException exception) when (settings.IsMetricsListenDefault)
        {
            HostLog.MetricsOff(logger, exception.Message);
        }
        catch
        {
            await monitoring.DisposeAsync();
            throw;
        }
        foreach (var endpoint in monitoring.Endpoints.Where(static endpoint => !IPAddress.IsLoopback(endpoint.Address)))
            HostLog.MetricsNotLoopback(logger, endpoint);
        if (OtlpExport.IsConfigured(Environment.GetEnvironmentVariable))
            monitoring.otlp = OtlpExport.Start(sources.Machine, logger);
        return monitoring;
    }

    public async ValueTask DisposeAsync()
    {
        if (otlp is not null)
            await otlp.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
        collector.Dispose();
        meter.Dispose();
    }
}
