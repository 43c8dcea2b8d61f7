using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Heliograph.Metrics;

/// <summary>Sends the metrics by OTLP where OpenTelemetry's standard variables ask for it. Otherwise nothing of it is loaded.</summary>
/// <remarks>opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables; the exporter itself reads the address, the headers, the protocol and the interval.</remarks>
internal sealed class OtlpExport : IAsyncDisposable
{
    private readonly OtlpTrouble trouble;
    private readonly MeterProvider provider;

    private OtlpExport(ILogger logger)
    {
        trouble = new(logger);
        provider = Sdk.CreateMeterProviderBuilder()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last and win. No host name: the operator decides what this machine is called.
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("heliograph", serviceVersion: ProductVersion.Text, autoGenerateServiceInstanceId: false)
                .AddTelemetrySdk().AddEnvironmentVariableDetector())
            .AddMeter(HeliographMeter.Name)
            .AddOtlpExporter()
            .Build();
    }

    /// <param name="variable">The environment.</param>
    public static bool IsAskedFor(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return false;
        if (variable("OTEL_METRICS_EXPORTER") is { Length: > 0 } exporters)
            return exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.Ordinal);
        return variable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 } || variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { Length: > 0 };
    }

    public static OtlpExport Start(ILogger logger) => new(logger);

    /// <summary>Sends the last figures; a collector that is away holds the end up for a few seconds only.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.Run(provider.Dispose);
        trouble.Dispose();
    }
}
