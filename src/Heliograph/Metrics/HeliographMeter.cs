using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Heliograph.Budget;

namespace Heliograph.Metrics;

/// <summary>
/// The instruments. Their names, units and attributes are public: docs/operating/monitoring.md lists them, and a test compares the two.
/// </summary>
/// <remarks>
/// Nothing here comes from a client: the values of attributes come from the code or the configuration only, but for the few hosts of Signal
/// that were found in DNS under one of routes.zones.
/// </remarks>
internal sealed class HeliographMeter : IDisposable
{
    public const string Name = "Heliograph";

    // UCUM units, as OpenTelemetry's conventions write them.
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
        CreateForGroups();
        CreateForUpstreams();
        CreateForSources();
        CreateForLimits();
        CreateForHealth();
        CreateForProcess();
    }

    /// <summary>For listeners: each server in a process has a meter of its own.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, meter);

    public void Dispose() => meter.Dispose();

    private void CreateForConnections()
    {
        meter.CreateObservableCounter(
            "heliograph.connections.accepted",
            () => sources.Relay().Accepted,
            Connections,
            "Connections since the start, including open and refused ones.");
        meter.CreateObservableUpDownCounter(
            "heliograph.connections.active", () => sources.Relay().Connections, Connections, "Connections open now.");
        meter.CreateObservableUpDownCounter(
            "heliograph.connections.limit",
            () => sources.Relay().MaxConnections,
            Connections,
            "How many connections may be open; further ones are refused.");
        meter.CreateObservableCounter(
            "heliograph.connections.ended",
            () => ForEach(sources.Relay().Outcomes, "outcome"),
            Connections,
            "Connections that have ended, by outcome.");
        meter.CreateObservableCounter(
            "heliograph.connections.unlisted",
            () => sources.Relay().DeniedSignalNames.Values.Sum(),
            Connections,
            "Connections that requested a host under signal.org that is not routed: the list of hosts may be out of date.");
        meter.CreateObservableCounter(
            "heliograph.relay.io", RelayedBytes, Bytes, "Bytes relayed: up from clients, down to them.");
        meter.CreateObservableCounter(
            "heliograph.route.connections",
            () => sources.Relay().Routes.Select(static route => Measure(route.Connections, "route", route.Name)),
            Connections,
            "Connections relayed to a route, including open ones.");
        meter.CreateObservableUpDownCounter(
            "heliograph.route.active",
            () => sources.Relay().Routes.Select(static route => Measure(route.Open, "route", route.Name)),
            Connections,
            "Connections being relayed to a route now.");
        meter.CreateObservableGauge("heliograph.routes.list.version", () => sources.Relay().ListVersion, unit: null,
            "The version of the list of hosts in use: a date and two digits.");
        meter.CreateObservableGauge("heliograph.routes.found", () => sources.Relay().FoundHosts.Count, "{host}",
            "Hosts on no list that are relayed, because they exist under one of routes.zones.");
    }

    private void CreateForGroups()
    {
        meter.CreateObservableUpDownCounter(
            "heliograph.group.active",
            () => sources.Groups().Select(static group => Measure(group.Connections ?? 0, "group", group.Name)),
            Connections,
            "Connections of a group being relayed now, rounded up to a multiple of 8. Only with access.metrics: true.");
        meter.CreateObservableCounter("heliograph.group.io", GroupBytes, Bytes,
            "Bytes relayed for a group, rounded up to a million: up from clients, down to them. Only with access.metrics: true.");
        meter.CreateObservableGauge(
            "heliograph.group.used.timestamp",
            () => sources.Groups()
                .Where(static group => group.LastUsed is not null)
                .Select(static group => Measure(
                    new DateTimeOffset(group.LastUsed!.Value, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds(), "group", group.Name)),
            Seconds,
            "The day on which a group was last used (its start, in UTC), in seconds since 1970. Only with access.metrics: true.");
        meter.CreateObservableGauge(
            "heliograph.group.probed",
            () => sources.Groups().Select(static group => Measure(group.Probed ? 1 : 0, "group", group.Name)),
            unit: null,
            "1 while the name of a group is being probed; otherwise 0. Only with access.metrics: true.");
    }

    private void CreateForUpstreams()
    {
        meter.CreateObservableCounter("heliograph.upstream.dials", DialOutcomes, Dials, "Dials of an upstream host, by outcome.");
        meter.CreateObservableCounter(
            "heliograph.upstream.time",
            () => sources.Relay().Upstreams.Select(static one => Measure(one.DialTimes.Sum.TotalSeconds, "upstream", one.Endpoint)),
            Seconds,
            "Time spent on successful dials, including name resolution; divide by their number for the mean.");
        meter.CreateObservableGauge(
            "heliograph.upstream.failures",
            () => sources.Relay().Upstreams.Select(static one => Measure(one.FailuresInARow, "upstream", one.Endpoint)),
            Dials,
            "Failed dials of an upstream host since the last successful one.");
    }

    private void CreateForSources()
    {
        meter.CreateObservableGauge("heliograph.sources.prefixes", SourcePrefixes, "{prefix}",
            "Prefixes of the lists in sources.block and sources.allow that are in use. Absent if sources.block is empty.");
        meter.CreateObservableGauge("heliograph.sources.failing", () => IfAny(sources.Sources()?.Failing().Count()), "{list}",
            "Lists in sources.block and sources.allow whose newest version is not in use. Absent if sources.block is empty.");
    }

    private void CreateForLimits()
    {
        meter.CreateObservableGauge("heliograph.relay.waiting", () => sources.Relay().Limits.WaitingForBytes, "{direction}",
            "Directions of connections that are waiting for their share of limits.bytes_per_second.");
        meter.CreateObservableGauge("heliograph.budget.usage", () => MeasureBudget(static budget => budget.UsedBytes), Bytes,
            "Bytes used this month, in and out, rounded up to a million. Absent if limits.monthly_bytes is off.");
        meter.CreateObservableGauge("heliograph.budget.limit", () => MeasureBudget(static budget => budget.MonthlyBytes), Bytes,
            "Bytes that limits.monthly_bytes allows per month. Absent if it is off.");
    }

    private void CreateForHealth()
    {
        meter.CreateObservableGauge("heliograph.certificate.expiry.timestamp", () => Instant(sources.Certificate().NotAfter), Seconds,
            "When the certificate expires, in seconds since 1970. Absent while there is none.");
        meter.CreateObservableGauge("heliograph.certificate.start.timestamp", () => Instant(sources.Certificate().NotBefore), Seconds,
            "When the certificate becomes valid, in seconds since 1970. Absent while there is none.");
        meter.CreateObservableGauge("heliograph.certificate.renewal.timestamp", () => Instant(sources.Certificate().NextRenewal), Seconds,
            "When the certificate is renewed next, in seconds since 1970. Absent if another program renews it.");
        meter.CreateObservableGauge("heliograph.certificate.failures", () => sources.Certificate().Failures, "{attempt}",
            "Failed attempts in a row to get a certificate.");
        meter.CreateObservableGauge("heliograph.selfcheck.timestamp", () => Instant(sources.SelfCheck()?.At), Seconds,
            "When the last self-check ended, in seconds since 1970. Absent before the first.");
        meter.CreateObservableGauge("heliograph.selfcheck.failures", () => IfAny(sources.SelfCheck()?.Failures), "{check}",
            "Failed self-checks in a row. Absent before the first.");
    }

    private void CreateForProcess()
    {
        meter.CreateObservableGauge("heliograph.ready", () => sources.NotReady() is null ? 1 : 0, unit: null,
            "1 while it listens, has a valid certificate and is not stopping; otherwise 0.");
        var build = new Measurement<int>(1, new("version", ProductVersion.Text), new("runtime", RuntimeInformation.FrameworkDescription));
        meter.CreateObservableGauge("heliograph.build.info", () => build, unit: null, "Always 1; the attributes identify the build.");
        meter.CreateObservableCounter("process.cpu.time", CpuTime, Seconds, "Processor time used by the process.");
        meter.CreateObservableUpDownCounter(
            "process.memory.usage", static () => Environment.WorkingSet, Bytes, "Resident memory of the process.");
        meter.CreateObservableGauge(
            "process.uptime", () => sources.Relay().Uptime.TotalSeconds, Seconds, "Time since the server started.");
    }

    private IEnumerable<Measurement<long>> RelayedBytes()
    {
        var sums = sources.Relay();
        return [Measure(sums.BytesUp, "direction", "up"), Measure(sums.BytesDown, "direction", "down")];
    }

    private IEnumerable<Measurement<long>> GroupBytes()
    {
        foreach (var group in sources.Groups())
        {
            var name = new KeyValuePair<string, object?>("group", group.Name);
            yield return new(group.BytesUp ?? 0, name, new("direction", "up"));
            yield return new(group.BytesDown ?? 0, name, new("direction", "down"));
        }
    }

    private IEnumerable<Measurement<long>> SourcePrefixes() => sources.Sources() is { } lists
        ? [
            Measure(lists.Block.Sum(static list => (long)(list.Prefixes ?? 0)), "list", "block"),
            Measure(lists.Allow.Sum(static list => (long)(list.Prefixes ?? 0)), "list", "allow"),
        ]
        : [];

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

    private IEnumerable<Measurement<long>> MeasureBudget(Func<BudgetReport, long> figure) =>
        sources.Budget() is { } budget ? [new(figure(budget))] : [];

    private static IEnumerable<Measurement<long>> Instant(DateTimeOffset? instant) => IfAny(instant?.ToUnixTimeSeconds());

    private static IEnumerable<Measurement<long>> IfAny(long? value) => value is { } present ? [new(present)] : [];

    /// <summary>Every kind, including those not seen yet: a rate needs a value before the first occurrence.</summary>
    private static IEnumerable<Measurement<long>> ForEach<TKind>(IReadOnlyDictionary<TKind, long> sums, string attribute)
        where TKind : struct, Enum =>
        Enum.GetValues<TKind>().Select(kind => Measure(sums.GetValueOrDefault(kind), attribute, EnumWord<TKind>.For(kind)));

    private static Measurement<T> Measure<T>(T value, string attribute, string word)
        where T : struct => new(value, new KeyValuePair<string, object?>(attribute, word));
}
