using System.Diagnostics.Metrics;

namespace Heliograph.Metrics;

/// <summary>One instrument with its current values.</summary>
/// <param name="Name">As OpenTelemetry writes it, with dots.</param>
/// <param name="Unit">UCUM; null: none.</param>
/// <param name="Description">One sentence.</param>
/// <param name="IsCounter">It only grows; otherwise it can go up and down.</param>
/// <param name="Samples">In the order in which they were observed.</param>
internal sealed record MetricFamily(string Name, string? Unit, string Description, bool IsCounter, List<MetricSample> Samples)
{
    public static MetricFamily FromInstrument(Instrument instrument) =>
        new(
            instrument.Name,
            instrument.Unit,
            instrument.Description ?? "",
            instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>),
            []);
}

/// <summary>One value of an instrument.</summary>
internal readonly record struct MetricSample(double Value, KeyValuePair<string, string>[] Attributes);
