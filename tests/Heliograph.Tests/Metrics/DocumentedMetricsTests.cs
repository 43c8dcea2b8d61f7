using System.Diagnostics.Metrics;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Metrics;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;

namespace Heliograph.Tests.Metrics;

/// <summary>The tables of docs/operating/monitoring.md list exactly what the program has.</summary>
public sealed class DocumentedMetricsTests
{
    [Fact]
    public void Every_instrument_is_documented_exactly_and_every_documented_one_exists()
    {
        using var meter = new HeliographMeter(Sources());
        using var collector = new MetricCollector(meter);
        var actual = collector
            .Collect()
            .Select(static family =>
            {
                var attributes = family
                    .Samples.SelectMany(static sample => sample.Attributes)
                    .Select(static attribute => $"`{attribute.Key}`")
                    .Distinct(StringComparer.Ordinal);
                return $"| `{family.Name}` | `{PrometheusText.NameOf(family)}` | {(family.IsCounter ? "counter" : "gauge")} | " +
                    $"{(family.Unit is null ? "" : $"`{family.Unit}`")} | {string.Join(", ", attributes)} | {family.Description} |";
            });
        Assert.Equal(actual.Order(StringComparer.Ordinal), Rows("| Instrument | Prometheus |").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_outcome_is_documented_and_every_documented_one_exists()
    {
        Assert.Equal(
            Enum.GetValues<ConnectionOutcome>().Select(EnumWord<ConnectionOutcome>.For), FirstWords("| `outcome` of a connection |"));
        Assert.Equal(
            ["connected", .. Enum.GetValues<DialFailure>().Select(EnumWord<DialFailure>.For)], FirstWords("| `outcome` of a dial |"));
    }

    [Fact]
    public void Every_instrument_belongs_to_the_one_meter_and_follows_the_naming_rules()
    {
        var instruments = new List<Instrument>();
        using var meter = new HeliographMeter(Sources());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (meter.Owns(instrument))
                    instruments.Add(instrument);
            },
        };
        listener.Start();
        Assert.NotEmpty(instruments);
        Assert.All(instruments, static instrument => Assert.Equal("Heliograph", instrument.Meter.Name));
        // opentelemetry.io/docs/specs/semconv/general/naming: lower case, namespaces by dots, no unit in the name, and no namespace that
        // is also a name.
        Assert.All(instruments, static instrument => Assert.Matches(@"\A(heliograph|process)(\.[a-z]+)+\z", instrument.Name));
        Assert.All(
            instruments,
            instrument =>
                Assert.DoesNotContain(instruments, other => other.Name.StartsWith(instrument.Name + ".", StringComparison.Ordinal)));
        Assert.All(instruments, static instrument => Assert.False(string.IsNullOrEmpty(instrument.Description)));
    }

    private static MetricSources Sources() => new()
    {
        Groups = static () => [new() { Name = "family", Names = [], LastUsed = DateOnly.MaxValue }],
        Relay = static () => FakeRelay.Statistics(("chat.signal.org:443", Connected: 0, FailuresInARow: 0)),
        Budget = static () => new BudgetReport
        {
            MonthlyBytes = 1,
            UsedBytes = 0,
            Start = DateOnly.MinValue,
            End = DateOnly.MaxValue,
            State = BudgetState.Plenty,
            SlowedTo = 0,
            Refuses = false,
        },
        Certificate = static () => new CertificateReport
        {
            Source = "acme",
            NotBefore = DateTimeOffset.UnixEpoch,
            NotAfter = DateTimeOffset.UnixEpoch,
            NextRenewal = DateTimeOffset.UnixEpoch,
        },
        Sources = static () => new() { Block = [], Allow = [], BlocksAll = false },
        SelfCheck = static () => new(DateTimeOffset.UnixEpoch, Problem: null, Failures: 0),
        NotReady = static () => null,
    };

    private static IEnumerable<string> FirstWords(string heading) => Rows(heading).Select(static row => row.Split('`')[1]);

    /// <summary>The rows of the table that starts with this heading.</summary>
    private static IEnumerable<string> Rows(string heading) => Repository.ReadLines("docs/operating/monitoring.md")
        .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(static line => line.StartsWith('|'));
}
