using System.Globalization;

namespace Heliograph.Metrics;

/// <summary>
/// OpenTelemetry's variables with a value that its exporter cannot use. It then goes on with the default, and tells nobody.
/// </summary>
internal static class OtlpVariables
{
    private static readonly (string Name, string Allowed, Func<string, bool> IsUsable)[] All =
    [
        .. Both("PROTOCOL", "grpc, http/protobuf", static text => text.Trim() is "grpc" or "http/protobuf"),
        .. Both("ENDPOINT", "an address such as http://127.0.0.1:4317", static text =>
            Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"),
        .. Both("TIMEOUT", "milliseconds, 10000 for example", IsNumber),
        ("OTEL_METRIC_EXPORT_INTERVAL", "milliseconds, 60000 for example", IsNumber),
    ];

    /// <param name="variable">Reads an environment variable.</param>
    public static IEnumerable<(string Name, string Allowed)> Unusable(Func<string, string?> variable) =>
        from known in All
        where variable(known.Name) is { Length: > 0 } value && !known.IsUsable(value)
        select (known.Name, known.Allowed);

    /// <summary>For all signals, and for the metrics alone.</summary>
    private static IEnumerable<(string, string, Func<string, bool>)> Both(string name, string allowed, Func<string, bool> isUsable) =>
        [("OTEL_EXPORTER_OTLP_" + name, allowed, isUsable), ("OTEL_EXPORTER_OTLP_METRICS_" + name, allowed, isUsable)];

    private static bool IsNumber(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0;
}
