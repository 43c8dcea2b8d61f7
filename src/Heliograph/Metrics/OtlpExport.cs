using Heliograph.Platform;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Heliograph.Metrics;

/// <summary>Sends the metrics by OTLP if OpenTelemetry's standard variables request it. Otherwise none of it is loaded.</summary>
/// <remarks>
/// opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. The exporter itself reads the variables for the address, the
/// headers, the protocol and the interval.
/// </remarks>
internal sealed class OtlpExport : IAsyncDisposable
{
    private static readonly string[] TlsVariables =
    [
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    ];

    private readonly MeterProvider provider;

    private OtlpExport(string? machine, ILogger logger)
    {
        foreach (var (variable, allowed) in OtlpVariables.Unusable(Environment.GetEnvironmentVariable))
            HostLog.OtlpVariableUnusable(logger, variable, allowed);
        var trouble = new OtlpTrouble(logger);
        provider = Sdk.CreateMeterProviderBuilder()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last and take precedence. No host name: the operator decides what to
            // call this machine.
            .SetResourceBuilder(
                ResourceBuilder
                    .CreateEmpty()
                    .AddService(
                        "heliograph",
                        serviceVersion: ProductVersion.Text,
                        autoGenerateServiceInstanceId: false,
                        serviceInstanceId: machine)
                    .AddTelemetrySdk()
                    .AddEnvironmentVariableDetector())
            .AddMeter(HeliographMeter.Name)
            .AddOtlpExporter(options =>
            {
                var create = ClientFactory(options);
                options.HttpClientFactory = () => trouble.Watch(create());
            })
            .Build();
    }

    /// <param name="variable">Reads an environment variable.</param>
    public static bool IsConfigured(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return false;
        if (variable("OTEL_METRICS_EXPORTER") is { Length: > 0 } exporters)
            return exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.Ordinal);
        return variable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
            || variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { Length: > 0 };
    }

    /// <param name="machine">What identifies this one among several; null: nothing does.</param>
    /// <param name="logger">The operator's log.</param>
    public static OtlpExport Start(string? machine, ILogger logger) => new(machine, logger);

    /// <summary>Sends the last figures; an unreachable collector delays the end by a few seconds only.</summary>
    public async ValueTask DisposeAsync() => await Task.Run(provider.Dispose);

    /// <summary>
    /// The exporter's own client tries only the first address of the collector. With a private authority or a client certificate it stays
    /// in use: the exporter has no other way to set these up.
    /// </summary>
    private static Func<HttpClient> ClientFactory(OtlpExporterOptions options)
    {
        if (TlsVariables.Any(static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
        {
            HttpClient.DefaultProxy = new EnvironmentProxy();
            return options.HttpClientFactory;
        }
        return () =>
        {
            var timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
            return new HttpClient(new HappyEyeballs(timeout / 2).CreateHandler())
            {
                Timeout = timeout,
                MaxResponseContentBufferSize = options.MaxResponseSizeBytes,
            };
        };
    }
}
