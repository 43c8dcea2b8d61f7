using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Heliograph.Metrics;

/// <summary>What OpenTelemetry's exporter complains of, for the log. It tells nobody else.</summary>
internal sealed class OtlpTrouble : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    private readonly ILogger? logger;
    private readonly Lock telling = new();
    private long? told;

    public OtlpTrouble(ILogger logger) => this.logger = logger;

    /// <summary>Called by the base constructor too, for the sources that are there already.</summary>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (logger is null || eventData.Message is not { } message)
            return;
        lock (telling)
        {
            // A collector that is away is away for every export.
            var now = TimeProvider.System.GetTimestamp();
            if (told is { } before && TimeProvider.System.GetElapsedTime(before, now) < TellEvery)
                return;
            told = now;
        }
        HostLog.OtlpTrouble(logger, Line(string.Format(message, [.. eventData.Payload ?? Enumerable.Empty<object?>()])));
    }

    /// <summary>Without the stack of an exception.</summary>
    private static string Line(string text) => text.Split('\n')[0].TrimEnd('\r', '.', ' ');
}
