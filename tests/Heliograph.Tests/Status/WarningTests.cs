using System.Text.RegularExpressions;
using Heliograph.Budget;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;
using Heliograph.Sources;
using Heliograph.Status;
using Heliograph.Testing;

namespace Heliograph.Tests.Status;

/// <summary>The warnings shown to the operator.</summary>
public sealed partial class WarningTests
{
    /// <summary>All the codes, as the source has them, so that none is forgotten here; scripts rely on them.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src/Heliograph"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .Where(static source => source.Contains(nameof(StatusWarning), StringComparison.Ordinal))
            .SelectMany(static source => NewWarning().Matches(source))
            .Select(static found => found.Groups["code"].Value)
            .Order(StringComparer.Ordinal),
    ];

    private static readonly CertificateReport Good = SampleStatistics.Certificate;

    [Fact]
    public void A_healthy_proxy_has_no_warnings()
    {
        var report = SampleStatistics.Report(SampleStatistics.Quiet);

        Assert.Empty(report.Warnings);
        Assert.Equal("working", report.State);
    }

    [Theory]
    [InlineData(5_000, 0, null)]
    [InlineData(5_307, 0, "nearly_full")]
    [InlineData(6_633, 0, "full")]
    [InlineData(10, 1, "connections_refused")]
    public void A_limit_that_is_near_causes_a_warning(int open, long refused, string? code)
    {
        var outcomes = new Dictionary<ConnectionOutcome, long> { [ConnectionOutcome.Refused] = refused };

        Assert.Equal(code, Code(SampleStatistics.Quiet with { Connections = open, Outcomes = outcomes }));
    }

    [Fact]
    public void A_failed_renewal_names_the_next_attempt_and_the_command_that_asks_at_once()
    {
        var failed = Good with { Failures = 1, LastError = "Port 443 is closed." };
        Assert.Equal(
            "The certificate could not be renewed. Port 443 is closed. The next attempt is at 2026-06-05 12:00:00Z; once the cause is " +
            "gone, ask at once with: heliograph certificate renew.",
            Message(failed));
        // The command would be refused.
        Assert.Equal(
            "The certificate could not be renewed. Port 443 is closed. The authority accepts no request before 2026-06-06 12:00:00Z.",
            Message(failed with { LimitedUntil = SampleStatistics.Now.AddDays(31) }));
        Assert.Equal(
            "The certificate could not be renewed. Port 443 is closed. Another attempt is in progress.",
            Message(failed with { UnderWay = true }));

        static string Message(CertificateReport certificate) =>
            Assert.Single(CertificateWarnings.FromReport(certificate, SampleStatistics.Now)).Message;
    }

    [Fact]
    public void A_resolver_that_does_not_answer_causes_a_warning_that_names_it_and_what_is_used_meanwhile()
    {
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet, resolverProblem: "https://dns.example/dns-query does not answer within 5 seconds");
        Assert.Equal("warning", report.State);
        Assert.Equal(
            new StatusWarning(
                "resolver_down",
                StatusWarning.Warning,
                "The resolver https://dns.example/dns-query does not answer within 5 seconds (upstream.resolver). The last known " +
                "addresses of Signal's hosts remain in use, until a restart: heliograph check tries the resolver."),
            Assert.Single(report.Warnings));
    }

    [Theory]
    [InlineData(ConnectionOutcome.RefusedSource, "source_refused")]
    [InlineData(ConnectionOutcome.RefusedHandshake, "handshakes_refused")]
    public void A_limit_that_turned_clients_away_causes_a_warning(ConnectionOutcome outcome, string code) =>
        Assert.Equal(code, Code(SampleStatistics.Quiet with { Outcomes = new Dictionary<ConnectionOutcome, long> { [outcome] = 1 } }));

    [Fact]
    public void A_low_spent_or_unsaved_budget_causes_a_warning_with_its_consequence()
    {
        var budget = SampleStatistics.Budget;
        Assert.Empty(Warnings(budget));
        Assert.Equal(
            [
                "budget_low: 90 % of the monthly budget of 900.0 GB (limits.monthly_bytes) is used; it resets on 2026-05-12. Until then " +
                "this proxy relays at most 64 KB a second.",
            ],
            Warnings(budget with { UsedBytes = 810_000_000_000, State = BudgetState.Low, SlowedTo = 64_000 }));
        Assert.Equal(
            [
                "budget_spent: The monthly budget of 900.0 GB (limits.monthly_bytes) is spent: until 2026-05-12 this proxy relays " +
                "nothing and is only a web site.",
            ],
            Warnings(budget with { UsedBytes = 900_000_000_000, State = BudgetState.Spent, Refuses = true }));
        Assert.Equal(
            ["budget_not_saved: Heliograph cannot read or save how much of the monthly budget is used: no space"],
            Warnings(budget with { Problem = "no space" }));

        static IEnumerable<string> Warnings(BudgetReport budget) =>
            SampleStatistics
                .Report(SampleStatistics.Quiet, budget: budget)
                .Warnings.Select(static warning => $"{warning.Code}: {warning.Message}");
    }

    [Theory]
    [InlineData(60, 0, null)]
    [InlineData(60, 1, "certificate_not_renewed")]
    [InlineData(13, 0, "certificate_expires")]
    [InlineData(0, 0, "certificate_expired")]
    public void A_certificate_that_is_not_renewed_causes_a_warning(int daysLeft, int failures, string? code)
    {
        var certificate = Good with
        {
            NotBefore = SampleStatistics.Now.AddDays(-80),
            NotAfter = SampleStatistics.Now.AddDays(daysLeft),
            Failures = failures,
        };

        Assert.Equal(code, Code(SampleStatistics.Quiet, certificate));
    }

    [Fact]
    public void A_six_day_certificate_has_its_own_threshold()
    {
        var young = Good with { NotBefore = SampleStatistics.Now.AddDays(-3), NotAfter = SampleStatistics.Now.AddDays(3) };

        Assert.Null(Code(SampleStatistics.Quiet, young));
        Assert.Equal(
            "certificate_expires",
            Code(
                SampleStatistics.Quiet,
                young with
                {
                    NotBefore = SampleStatistics.Now.AddDays(-5),
                    NotAfter = SampleStatistics.Now.AddHours(23),
                }));
    }

    [Fact]
    public void A_missing_or_revoked_certificate_causes_a_warning_and_a_self_signed_one_does_not()
    {
        Assert.Equal("certificate_missing", Code(SampleStatistics.Quiet, new() { Source = "acme" }));
        Assert.Equal("certificate_revoked", Code(SampleStatistics.Quiet, Good with { Revoked = true }));
        Assert.Null(Code(SampleStatistics.Quiet, Good with { Source = "self-signed", NotAfter = SampleStatistics.Now }));
    }

    [Fact]
    public void Only_repeated_failures_of_a_host_cause_a_warning()
    {
        Assert.Null(Code(With(Down("cdn2.signal.org", 2))));
        Assert.Equal("upstream_down", Code(With(SampleStatistics.Upstream("chat.signal.org", 5), Down("cdn2.signal.org", 3))));
        // A host that nobody has dialled does not count.
        Assert.Equal("upstreams_down", Code(With(SampleStatistics.Upstream("chat.signal.org"), Down("cdn2.signal.org", 3))));

        static RelayStatistics With(params UpstreamStatistics[] upstreams) => SampleStatistics.Quiet with { Upstreams = upstreams };
        static UpstreamStatistics Down(string host, int inARow) =>
            SampleStatistics.Upstream(host) with
            {
                FailuresInARow = inARow,
                Failures = SampleStatistics.Failed((DialFailure.Refused, inARow)),
            };
    }

    [Fact]
    public void Of_a_decoy_that_is_down_it_is_said_what_its_visitors_get()
    {
        var report = SampleStatistics.Report(SampleStatistics.Quiet with { Decoy = DecoyState.ErrorPage }, SampleStatistics.NoTotals, Good);
        var warning = Assert.Single(report.Warnings, static warning => warning.Code == "decoy_down");
        Assert.Contains(
            "its visitors see an error page (502 Bad Gateway): check the server in decoy.upstream.",
            warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_answer_of_private_addresses_only_causes_a_warning()
    {
        var filtered = SampleStatistics.Upstream("chat.signal.org") with
        {
            FailuresInARow = 1,
            Failures = SampleStatistics.Failed((DialFailure.NotPublic, 1)),
        };
        Assert.Equal("upstreams_down", Code(SampleStatistics.Quiet with { Upstreams = [filtered] }));
        Assert.Equal("critical", SampleStatistics.Report(SampleStatistics.Quiet with { Upstreams = [filtered] }).State);
    }

    [Theory]
    [InlineData(
        DialFailure.Refused, 3, "refuses connections", "Check that it runs and lets this machine in: heliograph check tries it.")]
    [InlineData(
        DialFailure.ProxyCredentials, 1, "refuses the user or the password (HTTP status 407)",
        "Correct upstream.proxy_user and upstream.proxy_password.")]
    [InlineData(
        DialFailure.NotAProxy, 1, "does not answer as a SOCKS5 proxy",
        "Check the protocol and the port in upstream.proxy: heliograph check tries the proxy.")]
    public void An_upstream_proxy_that_fails_is_one_warning_and_not_one_for_each_host(
        DialFailure reason, int failures, string problem, string advice)
    {
        var proxy = SampleStatistics.Upstream("chat.signal.org") with
        {
            Endpoint = "socks5://192.0.2.7:1080",
            IsProxy = true,
            FailuresInARow = failures,
            LastFailure = reason,
            Problem = problem,
            Failures = SampleStatistics.Failed((reason, failures)),
        };
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet with { Upstreams = [proxy, SampleStatistics.Upstream("chat.signal.org", 5)] },
            SampleStatistics.NoTotals, Good);

        var warning = Assert.Single(report.Warnings);
        Assert.Equal(("proxy_down", "critical"), (warning.Code, warning.Severity));
        Assert.Equal(
            $"The proxy socks5://192.0.2.7:1080 {problem} (upstream.proxy), so that nothing is relayed. {advice}", warning.Message);
        Assert.Equal([(true, problem), (null, null)], report.Upstreams.Select(static one => (one.Proxy, one.Problem)));
    }

    [Fact]
    public void A_host_that_the_upstream_proxy_forbids_is_told_in_its_words()
    {
        var forbidden = SampleStatistics.Upstream("chat.signal.org") with
        {
            FailuresInARow = 3,
            LastFailure = DialFailure.ProxyForbids,
            Problem = "is not allowed by the proxy (HTTP status 403)",
            Failures = SampleStatistics.Failed((DialFailure.ProxyForbids, 3)),
        };
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet with { Upstreams = [forbidden, SampleStatistics.Upstream("cdn.signal.org", 5)] },
            SampleStatistics.NoTotals, Good);

        Assert.Equal(
            "chat.signal.org:443 is not allowed by the proxy (HTTP status 403). Ask the operator of the proxy to allow it, on port 443.",
            Assert.Single(report.Warnings).Message);
    }

    [Fact]
    public void A_failing_self_check_is_told_with_its_remedy()
    {
        var report = SampleStatistics.Report(SampleStatistics.Quiet, selfCheckProblem: "Nobody can connect to the proxy: do this");
        Assert.Equal("critical", report.State);
        Assert.Equal(
            "The self-check (alerts.self_check) fails: Nobody can connect to the proxy: do this.", Assert.Single(report.Warnings).Message);
    }

    [Fact]
    public void The_worst_warning_comes_first_and_determines_the_state()
    {
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet with
            {
                Decoy = DecoyState.ErrorPage,
                Outcomes = new Dictionary<ConnectionOutcome, long> { [ConnectionOutcome.Failed] = 1 },
            },
            SampleStatistics.NoTotals with
            {
                Problem = "no space",
            },
            Good with
            {
                Revoked = true,
            });

        Assert.Equal(
            ["certificate_revoked", "decoy_down", "defect", "totals_not_saved"], report.Warnings.Select(static warning => warning.Code));
        Assert.Equal("critical", report.State);
    }

    [Fact]
    public void The_most_requested_unlisted_names_are_shown_first_and_only_a_few_of_them()
    {
        var names = Enumerable.Range(1, 9).ToDictionary(static i => $"n{i}.signal.org", static i => (long)i, StringComparer.Ordinal);
        var warning = Assert.Single(SampleStatistics.Report(SampleStatistics.Quiet with { DeniedSignalNames = names }).Warnings);

        Assert.Equal("list_out_of_date", warning.Code);
        Assert.Contains(
            ": n9.signal.org, n8.signal.org, n7.signal.org, n6.signal.org, n5.signal.org and others.",
            warning.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_or_a_database_that_cannot_be_used_causes_a_warning_that_says_what_counts_instead()
    {
        var missing = new SourceListReport("/etc/block", null, "it cannot be read: there is no such file");
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet,
            sources: SampleStatistics.Sources with { Allow = [missing] },
            countries: SampleStatistics.Countries);
        Assert.Equal(
            [
                "The newest list of sources https://lists.example.org/drop.txt is not in use: its server answered 404; check the " +
                "address. The last good one stays in use.",
                "The newest list of sources /etc/block is not in use: it cannot be read: there is no such file. It counts as empty.",
                "The newest database of countries (statistics.countries) is not in use: it is cut short or damaged; get it again.",
            ],
            report.Warnings.Select(static warning => warning.Message));
        Assert.Equal("warning", report.State);
    }

    [Fact]
    public void Blocking_all_without_anybody_allowed_is_critical()
    {
        var report = SampleStatistics.Report(
            SampleStatistics.Quiet, sources: new() { Block = [], Allow = [new("/etc/allow", 0, null)], BlocksAll = true });
        Assert.Equal(("nobody_allowed", "critical"), (Assert.Single(report.Warnings).Code, report.State));
    }

    private static string? Code(RelayStatistics relay, CertificateReport? certificate = null) =>
        SampleStatistics.Report(relay, certificate: certificate).Warnings.SingleOrDefault()?.Code;

    [GeneratedRegex("""new( StatusWarning)?\(\s*"(?<code>[a-z_]+)",""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NewWarning();
}
