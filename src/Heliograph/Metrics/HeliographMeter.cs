using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Heliograph.Budget;

namespace Heliograph.Metrics;

/// <summary>The instruments. Their names, units and attributes are public: docs/operating/monitoring.md tells them, and a test compares the two.</summary>
/// <remarks>Nothing here comes from a client: an attribute has the values that stand in the code or in the configuration, and no others.</remarks>
internal sealed class HeliographMeter : IDisposable
{
    public const string Name = "Heliograph";

    // UCUM, as OpenTelemetry's conventions write it.
    private const string Seconds = "s";
    private const string Bytes = "By";
    private const string Connections = "{connection}";

    private const string Dials = "{dial}";

    private readonly Meter meter = new(Name, ProductVersion.Text);
    private readonly MetricSources sources;

    public HeliographMeter(MetricSources sources)
    {
        this.sources = sources;
        CreateForConnections();
        CreateForUpstreams();
        CreateForLimits();
        CreateForHealth();
        CreateForProcess();
    }

    /// <summary>For listeners: two servers in one process have a meter each.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, meter);

    public void Dispose() => meter.Dispose();

    private void CreateForConnections()
    {
        meter.CreateObservableCounter("heliograph.connections.accepted", () => sources.Relay().Accepted, Connections, "Connections since the start, the open ones and the refused ones included.");
        meter.CreateObservableUpDownCounter("heliograph.connections.active", () => sources.Relay().Connections, Connections, "Connections that are open now.");
        meter.CreateObservableUpDownCounter("heliograph.connections.limit", () => sources.Relay().MaxConnections, Connections, "Connections that may be open; more are refused.");
        meter.CreateObservableCounter("heliograph.connections.ended", () => ForEach(sources.Relay().Outcomes, "outcome"), Connections, "Connections that are over, by what became of them.");
        meter.CreateObservableCounter("heliograph.connections.unlisted", () => sources.Relay().DeniedSignalNames.Values.Sum(), Connections,
            "Connections that asked for a host under signal.org that is not routed: the list of hosts may be out of date.");
        meter.CreateObservableCounter("heliograph.relay.io", RelayedBytes, Bytes, "Bytes that were relayed: up from clients, down to them.");
        meter.CreateObservableCounter("heliograph.route.connections", () => sources.Relay().Routes.Select(static route => Measure(route.Connections, "route", route.Name)), Connections,
            "Connections that were relayed to a route, the open ones included.");
        meter.CreateObservableUpDownCounter("heliograph.route.active", () => sources.Relay().Routes.Select(static route => Measure(route.Open, "route", route.Name)), Connections,
            "Connections that are relayed to a route now.");
    }

    private void CreateForUpstreams()
    {
        meter.CreateObservableCounter("heliograph.upstream.dials", DialOutcomes, Dials, "Dials of an upstream host, by what came of them.");
        meter.CreateObservableCounter("heliograph.upstream.time", () => sources.Relay().Upstreams.Select(static one => Measure(one.DialTimes.Sum.TotalSeconds, "upstream", one.Endpoint)), Seconds,
            "Time that the dials that connected took, resolving the name included; divided by their number, the mean.");
        meter.CreateObservableGauge("heliograph.upstream.failures", () => sources.Relay().Upstreams.Select(static one => Measure(one.FailuresInARow, "upstream", one.Endpoint)), Dials,
            "Dials of an upstream host that failed since the last one that did not.");
    }

    private void CreateForLimits()
    {
        meter.CreateObservableGauge("heliograph.relay.waiting", () => sources.Relay().Limits.WaitingForBytes, "{direction}",
            "Directions of connections that wait for their share of limits.bytes_per_second.");
        meter.CreateObservableGauge("heliograph.budget.usage", () => OfBudget(static budget => budget.UsedBytes), Bytes,
            "Bytes of this month, in and out, up to the next million. Absent where limits.monthly_bytes is off.");
        meter.CreateObservableGauge("heliograph.budget.limit", () => OfBudget(static budget => budget.MonthlyBytes), Bytes,
            "Bytes that limits.monthly_bytes allows in a month. Absent where it is off.");
    }

    private void CreateForHealth()
    {
        meter.CreateObservableGauge("heliograph.certificate.expiry.timestamp", () => Instant(sources.Certificate().NotAfter), Seconds,
            "When the certificate expires, in seconds since 1970. Absent while there is none.");
        meter.CreateObservableGauge("heliograph.certificate.start.timestamp", () => Instant(sources.Certificate().NotBefore), Seconds,
            "From when on the certificate is valid, in seconds since 1970. Absent while there is none.");
        meter.CreateObservableGauge("heliograph.certificate.renewal.timestamp", () => Instant(sources.Certificate().NextRenewal), Seconds,
            "When the certificate is asked for again, in seconds since 1970. Absent where somebody else renews it.");
        meter.CreateObservableGauge("heliograph.certificate.failures", () => sources.Certificate().Failures, "{attempt}",
            "Attempts to get a certificate that failed in a row.");
        meter.CreateObservableGauge("heliograph.selfcheck.timestamp", () => Instant(sources.SelfCheck()?.At), Seconds,
            "When the proxy's last check of itself ended, in seconds since 1970. Absent before the first.");
        meter.CreateObservableGauge("heliograph.selfcheck.failures", () => IfAny(sources.SelfCheck()?.Failures), "{check}",
            "Checks of the proxy by itself that failed in a row. Absent before the first.");
    }

    private void CreateForProcess()
    {
        meter.CreateObservableGauge("heliograph.ready", () => sources.NotReady() is null ? 1 : 0, unit: null,
            "1 while it listens, has a valid certificate and is not about to stop; otherwise 0.");
        var build = new Measurement<int>(1, new("version", ProductVersion.Text), new("runtime", RuntimeInformation.FrameworkDescription));
        meter.CreateObservableGauge("heliograph.build.info", () => build, unit: null, "Always 1; the attributes tell which build this is.");
        meter.CreateObservableCounter("process.cpu.time", CpuTime, Seconds, "Processor time that the process has used.");
        meter.CreateObservableUpDownCounter("process.memory.usage", static () => Environment.WorkingSet, Bytes, "Resident memory of the process.");
        meter.CreateObservableGauge("process.uptime", () => sources.Relay().Uptime.TotalSeconds, Seconds, "Time since the server was started.");
    }

    private IEnumerable<Measurement<long>> RelayedBytes()
    {
        var sums = sources.Relay();
        return [Measure(sums.BytesUp, "direction", "up"), Measure(sums.BytesDown, "direction", "down")];
    }

    private IEnumerable<Measurement<long>> DialOutcomes()
    {
        foreach (var upstream in sources.Relay().Upstreams)
        {
            var name = new KeyValuePair<string, object?>("upstream", upstream.Endpoint);
            yield return new(upstream.DialTimes.Count, name, new("outcome", "connected"));
            foreach (var failed in ForEach(upstream.Failures, "outcome"))
                yield return new(failed.Value, [name, .. failed.Tags]);
        }
    }

    private static IEnumerable<Measurement<double>> CpuTime()
    {
        var usage = Environment.CpuUsage;
        return [Measure(usage.UserTime.TotalSeconds, "cpu.mode", "user"), Measure(usage.PrivilegedTime.TotalSeconds, "cpu.mode", "system")];
    }

    private IEnumerable<Measurement<long>> OfBudget(Func<BudgetReport, long> figure) => sources.Budget() is { } budget ? [new(figure(budget))] : [];

    private static IEnumerable<Measurement<long>> Instant(DateTimeOffset? instant) => IfAny(instant?.ToUnixTimeSeconds());

    private static IEnumerable<Measurement<long>> IfAny(long? value) => value is { } there ? [new(there)] : [];

    /// <summary>Each kind there is, also those that have not been seen: a rate needs a figure before the first one.</summary>
    private static IEnumerable<Measurement<long>> ForEach<TKind>(IReadOnlyDictionary<TKind, long> sums, string attribute)
        where TKind : struct, Enum =>
        Enum.GetValues<TKind>().Select(kind => Measure(sums.GetValueOrDefault(kind), attribute, EnumWord<TKind>.For(kind)));

    private static Measurement<T> Measure<T>(T value, string attribute, string word)
        where T : struct => new(value, new KeyValuePair<string, object?>(attribute, word));
}
