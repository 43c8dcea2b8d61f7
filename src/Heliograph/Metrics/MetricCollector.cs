using System.Diagnostics.Metrics;

namespace Heliograph.Metrics;

/// <summary>Reads the current values of every instrument of one meter.</summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Lock collecting = new();
    private readonly SortedDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);

    public MetricCollector(HeliographMeter meter)
    {
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!meter.Owns(instrument))
                return;
            families.Add(instrument.Name, MetricFamily.FromInstrument(instrument));
            listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, attributes, _) => Record(instrument, value, attributes));
        listener.SetMeasurementEventCallback<long>((instrument, value, attributes, _) => Record(instrument, value, attributes));
        listener.SetMeasurementEventCallback<double>((instrument, value, attributes, _) => Record(instrument, value, attributes));
        listener.Start();
    }

    /// <summary>In the order of names. An instrument without a current value has no samples.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (collecting)
        {
            foreach (var family in families.Values)
                family.Samples.Clear();
            listener.RecordObservableInstruments();
            return [.. families.Values.Select(static family => family with { Samples = [.. family.Samples] })];
        }
    }

    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var texts = new KeyValuePair<string, string>[attributes.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = new(attributes[i].Key, (string)attributes[i].Value!);
        families[instrument.Name].Samples.Add(new(value, texts));
    }
}
