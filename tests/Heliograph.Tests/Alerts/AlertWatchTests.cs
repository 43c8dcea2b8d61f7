using System.Threading.Channels;
using Heliograph.Access;
using Heliograph.Alerts;
using Heliograph.Certificates;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;

namespace Heliograph.Tests.Alerts;

/// <summary>Days of watching, on a clock that the test advances.</summary>
public sealed class AlertWatchTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Recorder recorder = new();
    private readonly RecordingLogger log = new();
    private CertificateReport certificate = new() { Source = "acme" };
    private RelayStatistics relay = FakeRelay.Statistics();
    private SelfCheckState? selfCheck;
    private IReadOnlyList<GroupReport> groups = [];
    private bool namesGroups;
    private string? fleetProblem;

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task A_restart_does_not_repeat_a_message_and_recovery_is_reported_on_another_day()
    {
        certificate = certificate with { Failures = 4, LastError = "it is closed" };
        await using (Start())
            Assert.Equal(
                "proxy.example.org: the certificate cannot be renewed: 4 attempts in a row have failed; last error: it is closed.",
                (await recorder.NextAsync()).Text);
        await using (Start())
        {
            await MinutesAsync(60);
            certificate = certificate with { Failures = 0, LastError = null };
            await MinutesAsync(60);
        }
        Assert.True(recorder.IsEmpty);
        await using (Start())
        {
            await HoursAsync(23);
            var message = await recorder.NextAsync();
            Assert.Equal(
                ("proxy.example.org: the certificate is renewed again.", AlertCause.Certificate, AlertState.WorksAgain),
                (message.Text, message.Cause, message.State));
            await HoursAsync(48);
            Assert.True(recorder.IsEmpty);
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_fleets_etcd_that_is_away_is_reported_at_the_second_look_and_not_when_it_restarts()
    {
        fleetProblem = "etcd cannot be reached (10.0.0.1:2379: no answer within 3 seconds).";
        await using var watch = Start();
        fleetProblem = null;
        await MinutesAsync(5);
        Assert.True(recorder.IsEmpty);
        fleetProblem = "etcd cannot be reached (10.0.0.1:2379: no answer within 3 seconds).";
        await MinutesAsync(2);
        var message = await recorder.NextAsync();
        Assert.Equal(
            ("proxy.example.org: what the fleet shares cannot be reached: etcd cannot be reached " +
                "(10.0.0.1:2379: no answer within 3 seconds).",
                AlertCause.Fleet),
            (message.Text, message.Cause));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Hosts_that_fail_in_the_same_minute_share_one_message()
    {
        string[] hosts = [.. Enumerable.Range(1, 7).Select(static number => $"cdn{number}.signal.org:443")];
        await using var watch = Start();
        for (var failures = 0; failures < 8; failures++)
        {
            relay = FakeRelay.Statistics([.. hosts.Select(host => (host, 1L, failures))]);
            await MinutesAsync(1);
        }
        Assert.Equal(
            "proxy.example.org: cdn1.signal.org:443, cdn2.signal.org:443, cdn3.signal.org:443, cdn4.signal.org:443, cdn5.signal.org:443 " +
            "and 2 more cannot be reached from this proxy, so Signal apps that need it cannot connect.",
            (await recorder.NextAsync()).Text);
        relay = FakeRelay.Statistics([.. hosts.Select(static host => (host, 2L, 0))]);
        await HoursAsync(25);
        Assert.Equal(AlertState.WorksAgain, (await recorder.NextAsync()).State);
        Assert.True(recorder.IsEmpty);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_upstream_proxy_that_is_down_is_one_message_about_it_even_if_it_never_worked()
    {
        await using var watch = Start();
        for (var failures = 0; failures < 8; failures++)
        {
            var statistics = FakeRelay.Statistics(("socks5://192.0.2.7:1080", 0L, failures), ("chat.signal.org:443", 0L, 0));
            relay = statistics with
            {
                Upstreams = [statistics.Upstreams[0] with { IsProxy = true, Problem = "refuses connections" }, statistics.Upstreams[1]],
            };
            await MinutesAsync(1);
        }
        Assert.Equal(
            "proxy.example.org: socks5://192.0.2.7:1080 refuses connections, so that nothing is relayed (upstream.proxy).",
            (await recorder.NextAsync()).Text);
        Assert.True(recorder.IsEmpty);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task One_failed_self_check_is_ignored_and_two_are_reported()
    {
        await using var watch = Start();
        selfCheck = new(time.GetUtcNow(), "no route to grpc.chat.signal.org", Failures: 1);
        await MinutesAsync(5);
        Assert.True(recorder.IsEmpty);
        selfCheck = selfCheck with { Failures = 2 };
        await MinutesAsync(1);
        Assert.Equal(
            "proxy.example.org: the self-check fails: no route to grpc.chat.signal.org.", (await recorder.NextAsync()).Text);
        await HoursAsync(24);
        Assert.Equal(AlertState.Failing, (await recorder.NextAsync()).State);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(false, "proxy.example.org: the name of a group is being probed; heliograph link list shows which; ")]
    [InlineData(true, "proxy.example.org: the name of smiths is being probed; ")]
    public async Task A_probed_name_is_reported_once_a_day_and_its_group_only_where_asked_for_and_never_in_the_log(bool names, string text)
    {
        namesGroups = names;
        groups = [new() { Name = "smiths", Names = [], Probed = true }, new() { Name = "others", Names = [] }];
        await using (Start())
        {
            var message = await recorder.NextAsync();
            Assert.Equal(
                (text + "heliograph link rotate makes another.", AlertCause.Probed, AlertState.Failing),
                (message.Text, message.Cause, message.State));
            await HoursAsync(2);
            groups = [new() { Name = "smiths", Names = [] }];
            await HoursAsync(24);
            Assert.Equal(AlertState.WorksAgain, (await recorder.NextAsync()).State);
            Assert.True(recorder.IsEmpty);
        }
        Assert.Contains("the name of a group is being probed", log.All, StringComparison.Ordinal);
        Assert.Contains("the name of a group is quiet again", log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("smiths", log.All, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_damaged_file_is_set_aside_and_the_trouble_is_reported_again()
    {
        Directory.CreateDirectory(directory["state"]);
        directory.Write("state/" + AlertFile.Name, "{\"certificate\":");
        certificate = certificate with { Failures = 4 };
        await using (Start())
            Assert.Equal(AlertState.Failing, (await recorder.NextAsync()).State);
        Assert.Contains(Directory.GetFiles(directory["state"]), static file => file.Contains(".damaged-", StringComparison.Ordinal));
    }

    private AlertWatch Start()
    {
        Directory.CreateDirectory(directory["state"]);
        return new(
            new()
            {
                Proxy = static () => "proxy.example.org",
                Certificate = () => certificate,
                Relay = () => relay,
                SelfCheck = () => selfCheck,
                FleetProblem = () => fleetProblem,
                Groups = () => groups,
                NamesGroups = () => namesGroups,
            },
            [recorder],
            directory["state"],
            time,
            log);
    }

    private async Task MinutesAsync(int count)
    {
        for (var minute = 0; minute < count; minute++)
        {
            // Once the watch waits for its next check, it has finished the previous one.
            await time.WaitForTimerAsync(AlertWatch.Every, Bound.Prompt);
            time.Advance(AlertWatch.Every);
        }
        await time.WaitForTimerAsync(AlertWatch.Every, Bound.Prompt);
    }

    private Task HoursAsync(int count) => MinutesAsync(60 * count);

    private sealed class Recorder : AlertTarget
    {
        private readonly Channel<AlertMessage> messages = Channel.CreateUnbounded<AlertMessage>();

        public override string Name => "recorder";

        public bool IsEmpty => !messages.Reader.TryPeek(out _);

        public override Task<string?> SendAsync(AlertMessage message, CancellationToken cancellationToken)
        {
            Assert.True(messages.Writer.TryWrite(message));
            return Task.FromResult<string?>(null);
        }

        public Task<AlertMessage> NextAsync() => messages.Reader.ReadAsync(Bound.Token).AsTask().WaitAsync(Bound.Prompt, Bound.Token);
    }
}
