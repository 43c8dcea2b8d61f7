using System.Net;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Control;
using Heliograph.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Sources;
using Heliograph.Statistics;
using Heliograph.Status;

namespace Heliograph.Tests.Status;

/// <summary>A relay's figures, the same in every run.</summary>
internal static class SampleStatistics
{
    public static readonly DateTimeOffset Now = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A proxy that nobody has used yet.</summary>
    public static RelayStatistics Quiet { get; } = new()
    {
        Uptime = TimeSpan.FromSeconds(42),
        Connections = 0,
        MostConnections = 0,
        MaxConnections = 6633,
        Accepted = 0,
        Outcomes = Enum.GetValues<ConnectionOutcome>().ToDictionary(static outcome => outcome, static _ => 0L),
        Relayed = 0,
        Relaying = 0,
        Routes =
        [
            Route("chat.signal.org", 0, 0),
            Route("textsecure-service.whispersystems.org", 0, 0),
            Route("cdn2.signal.org", 0, 0),
        ],
        Upstreams = [Upstream("chat.signal.org"), Upstream("textsecure-service.whispersystems.org"), Upstream("cdn2.signal.org")],
        BytesUp = 0,
        BytesDown = 0,
        BytesVisited = 0,
        OwnBytesRelayed = 0,
        OwnBytesVisited = 0,
        Decoy = DecoyState.Served,
        DeniedSignalNames = new Dictionary<string, long>(StringComparer.Ordinal),
        Limits = new()
        {
            ConnectionsPerSource = 4974,
            HandshakesPerSecond = 0,
            BytesPerSecond = 0,
            WaitingForBytes = 0,
            IsBudgetSpent = false,
        },
    };

    /// <summary>A proxy in normal use.</summary>
    public static RelayStatistics Busy { get; } = Quiet with
    {
        Uptime = new TimeSpan(3, 4, 5, 6),
        Connections = 37,
        MostConnections = 51,
        Accepted = 12_345,
        Outcomes = new Dictionary<ConnectionOutcome, long>
        {
            [ConnectionOutcome.Relayed] = 8_989,
            [ConnectionOutcome.DecoyHttp2] = 1_005,
            [ConnectionOutcome.DecoyNoHello] = 1_700,
            [ConnectionOutcome.DecoyDeniedName] = 3,
            [ConnectionOutcome.DecoyUpstreamDown] = 12,
            [ConnectionOutcome.PlainHttp] = 40,
            [ConnectionOutcome.Validation] = 0,
            [ConnectionOutcome.HandshakeFailed] = 577,
            [ConnectionOutcome.Left] = 1,
        },
        Relayed = 9_001,
        Relaying = 12,
        Routes =
        [
            Route("chat.signal.org", 8_000, 11),
            Route("textsecure-service.whispersystems.org", 1_001, 1),
            Route("cdn2.signal.org", 0, 0),
        ],
        Upstreams =
        [
            Upstream("chat.signal.org", 4, 20, 20, 30) with { Failures = Failed((DialFailure.TimedOut, 3), (DialFailure.Refused, 9)) },
            Upstream("textsecure-service.whispersystems.org", 300),
            Upstream("cdn2.signal.org"),
        ],
        BytesUp = 902_000_001,
        BytesDown = 1_234_567_890_123,
    };

    public static TrafficTotals Totals { get; } = TrafficTotals.FromHistory(
        History(
            (new(2026, 4, 29), new(2_000, 40_000_000, 2_000_000_000)),
            (new(2026, 5, 5), new(1_000, 20_000_000, 13_000_000_000)),
            (new(2026, 5, 6), new(283, 9_900_001, 1_200_000_000))),
        DateOnly.FromDateTime(Now.DateTime),
        problem: null);

    /// <summary>Traffic on all but one of the days that are kept, and in all but one of the weeks.</summary>
    public static TrafficTotals FullTotals { get; } = TrafficTotals.FromHistory(Full(), DateOnly.FromDateTime(Now.DateTime), problem: null);

    public static TrafficTotals NoTotals { get; } = TrafficTotals.FromHistory(new(), DateOnly.FromDateTime(Now.DateTime), problem: null);

    public static CertificateReport Certificate { get; } = new()
    {
        Source = "acme",
        Running = true,
        Names = ["proxy.example.org"],
        Issuer = "R11",
        NotBefore = Now.AddDays(-30),
        NotAfter = Now.AddDays(60),
        NextRenewal = Now.AddDays(30),
        NextRenewalReason = "a third of its life is left",
    };

    public static BudgetReport Budget { get; } = new()
    {
        MonthlyBytes = 900_000_000_000,
        UsedBytes = 450_000_000_000,
        Start = new(2026, 4, 12),
        End = new(2026, 5, 12),
        State = BudgetState.Plenty,
        SlowedTo = 0,
        Refuses = false,
    };

    /// <summary>A proxy that cannot work, for several reasons.</summary>
    public static StatusReport Trouble =>
        Report(
            Busy with
            {
                Connections = 6_633,
                Upstreams =
                [
                    Upstream("chat.signal.org") with
                    {
                        Failures = Failed((DialFailure.TimedOut, 17)),
                        FailuresInARow = 17,
                    },
                ],
                DeniedSignalNames = new Dictionary<string, long>(StringComparer.Ordinal)
                {
                    ["svr4.signal.org"] = 2,
                    ["new.chat.signal.org"] = 30,
                },
            },
            Totals with
            {
                Problem =
                    "/var/lib/heliograph/traffic.json cannot be written: No space left on device. Check the disk's space and the owner " +
                    "and mode of state_directory.",
            },
            Certificate with
            {
                NotAfter = Now.AddDays(5),
                Failures = 3,
                LastError = "proxy.example.org: nothing answers on port 443. Open port 443 to the whole internet.",
            });

    /// <summary>As the server creates it.</summary>
    public static StatusReport Report(
        RelayStatistics relay,
        TrafficTotals? totals = null,
        CertificateReport? certificate = null,
        BudgetReport? budget = null,
        string? selfCheckProblem = null,
        SourceReport? sources = null,
        CountryReport? countries = null,
        string? resolverProblem = null) =>
        StatusReader.CreateReport(
            relay, totals ?? Totals, certificate ?? Certificate, budget, selfCheckProblem, Now, sources: sources, countries: countries,
            resolverProblem: resolverProblem) with
        {
            Page = PageStatus.At(new(IPAddress.Loopback, 9464), certificate ?? Certificate),
        };

    /// <summary>A file and a download that failed once, and an exception from both.</summary>
    public static SourceReport Sources { get; } = new()
    {
        Block =
        [
            new("/etc/heliograph/block.netset", 4_512, null),
            new("https://lists.example.org/drop.txt", 1_024, "its server answered 404; check the address"),
        ],
        Allow = [new("/etc/heliograph/friends.netset", 1, null)],
        BlocksAll = false,
    };

    public static CountryReport Countries { get; } = CountryReport.Create(
        "2026-W19",
        new Dictionary<string, long>(StringComparer.Ordinal) { ["IR"] = 7_001, ["RU"] = 1_000, ["TM"] = 3, ["??"] = 100 },
        "it is cut short or damaged; get it again");

    public static UpstreamStatistics Upstream(string host, params IReadOnlyList<long> milliseconds)
    {
        var buckets = new long[DialTimes.Bounds.Count + 1];
        foreach (var took in milliseconds)
            buckets[DialTimes.Bounds.TakeWhile(bound => took > bound.TotalMilliseconds).Count()]++;
        return new()
        {
            Endpoint = host + ":443",
            DialTimes = new() { Buckets = buckets, Sum = TimeSpan.FromMilliseconds(milliseconds.Sum()) },
            Failures = Failed(),
            FailuresInARow = 0,
        };
    }

    public static IReadOnlyDictionary<DialFailure, long> Failed(params (DialFailure Reason, long Count)[] failures) =>
        Enum.GetValues<DialFailure>()
            .ToDictionary(static reason => reason, reason => failures.FirstOrDefault(one => one.Reason == reason).Count);

    private static RouteStatistics Route(string name, long connections, int open) =>
        new() { Name = name, Endpoint = name + ":443", Connections = connections, Open = open };

    private static TrafficHistory History(params (DateOnly Day, Traffic Traffic)[] days)
    {
        var history = new TrafficHistory();
        foreach (var (day, traffic) in days)
            history.Add(day, traffic);
        return history;
    }

    private static TrafficHistory Full()
    {
        var history = new TrafficHistory();
        var today = DateOnly.FromDateTime(Now.DateTime);
        for (var back = (7 * TrafficHistory.MostWeeks) - 1; back >= 0; back--)
        {
            // Any figures that differ, from a little to a lot.
            if (back != 9 && back / 7 != 20)
                history.Add(
                    today.AddDays(-back),
                    new(8 * (1 + (back * 37 % 101)), 1_000_000 * (1 + (back * 13 % 29)), 1_000_000 * (1L + (back * 7919 % 40_000))));
        }
        return history;
    }
}
