using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Heliograph.Metrics;

/// <summary>Logs the errors of OpenTelemetry's exporter, which reports them nowhere else.</summary>
internal sealed class OtlpTrouble : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan LogEvery = TimeSpan.FromHours(1);

    private readonly ILogger? logger;
    private readonly Lock gate = new();
    private long? lastLogged;

    public OtlpTrouble(ILogger logger) => this.logger = logger;

    /// <summary>The base constructor calls it too, for sources that exist already.</summary>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (logger is null || eventData.Message is not { } message)
            return;
        lock (gate)
        {
            // While the collector is unreachable, every export fails.
            var now = TimeProvider.System.GetTimestamp();
            if (lastLogged is { } last && TimeProvider.System.GetElapsedTime(last, now) < LogEvery)
                return;
            lastLogged = now;
        }
        HostLog.OtlpTrouble(logger, Line(string.Format(message, [.. eventData.Payload ?? Enumerable.Empty<object?>()])));
    }

    /// <summary>Without an exception's stack trace.</summary>
    private static string Line(string text) => text.Split('\n')[0].TrimEnd('\r', '.', ' ');
}
