using System.Globalization;
using System.Text;

namespace Heliograph.Metrics;

/// <summary>
/// The text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), with names that follow OpenTelemetry's rules
/// for Prometheus.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="families">What was measured.</param>
    /// <param name="machine">The value of a label that every sample gets first; null: none does.</param>
    public static string Write(IEnumerable<MetricFamily> families, string? machine)
    {
        var text = new StringBuilder(8192);
        foreach (var family in families)
        {
            if (family.Samples.Count == 0)
                continue;
            var name = NameOf(family);
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Description, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(family.IsCounter ? " counter\n" : " gauge\n");
            foreach (var sample in family.Samples)
                Write(text, name, sample, machine);
        }
        return text.ToString();
    }

    /// <summary>
    /// Dots become underscores, the unit is spelt out at the end, and a counter ends in _total
    /// (opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics).
    /// </summary>
    public static string NameOf(MetricFamily family) =>
        Identifier(family.Name) + UnitSuffix(family.Unit) + (family.IsCounter ? "_total" : "");

    /// <summary>An attribute's name as a label name.</summary>
    public static string Identifier(string name) => name.Replace('.', '_');

    private static string UnitSuffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        // Annotations in braces are not units.
        null or ['{', ..] => "",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "add how Prometheus spells this unit"),
    };

    private static void Write(StringBuilder text, string name, MetricSample sample, string? machine)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, value) in machine is null ? sample.Attributes : [new("machine", machine), .. sample.Attributes])
        {
            text.Append(separator).Append(Identifier(key)).Append("=\"").Append(Escape(value, quotes: true)).Append('"');
            separator = ',';
        }
        text.Append(separator == ',' ? "} " : " ").Append(sample.Value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
