using System.Text;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests.Nodes;

[Trait("Needs", "server")]
public sealed class NodeReportsTests(SharedEtcd shared) : IDisposable
{
    private static readonly TimeSpan ReportBound = TimeSpan.FromSeconds(60);

    private readonly TestFleet fleet = new(shared.Server);

    [Fact(Timeout = Bound.Test)]
    public async Task Who_is_up_is_listed_with_its_last_report_and_who_stops_is_not()
    {
        var reports = new NodeReports(fleet.Join("paris"));
        await using var running = new Running(reports.RunAsync);
        var other = new NodeReports(fleet.Join("lyon"));
        await using (new Running(other.RunAsync))
        {
            other.Report("1 connection"u8.ToArray());
            await UntilAsync(reports, "lyon: 1 connection", "paris: ");
            other.Report("2 connections"u8.ToArray());
            reports.Report("3 connections"u8.ToArray());
            await UntilAsync(reports, "lyon: 2 connections", "paris: 3 connections");
        }
        Assert.Equal("paris", Assert.Single(await reports.ListAsync(Bound.Token)).Node);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_machine_that_is_not_heard_is_gone_with_its_lease_and_comes_back_by_itself()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var stalled = new NodeReports(fleet.Join("stalled", clock), TestFleet.ShortLife);
        stalled.Report("alive"u8.ToArray());
        await using var running = new Running(stalled.RunAsync);
        var reader = new NodeReports(fleet.Join("reader"));
        await UntilAsync(reader, "stalled: alive");
        await UntilAsync(reader);
        clock.Advance(TestFleet.ShortLife);
        // Its pause before the next attempt, or one more look at the old lease.
        await Polling.UntilAsync(
            async () =>
            {
                clock.Advance(await clock.NextTimerAsync(TestFleet.ShortLife, ReportBound));
                return (await reader.ListAsync(Bound.Token)).Count == 1;
            },
            ReportBound,
            "it does not come back");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task After_etcd_has_lost_its_data_all_are_there_again()
    {
        await using var server = await EtcdServer.StartAsync();
        using var own = new TestFleet(server);
        var reports = new NodeReports(own.Join("paris"), TestFleet.ShortLife);
        reports.Report("alive"u8.ToArray());
        await using var running = new Running(reports.RunAsync);
        await UntilAsync(reports, "paris: alive");
        await server.KillAsync();
        server.Wipe();
        await server.StartAgainAsync();
        await UntilAsync(reports, "paris: alive");
    }

    public void Dispose() => fleet.Dispose();

    private static Task UntilAsync(NodeReports reports, params string[] expected) => Polling.UntilAsync(
        async () => (await reports.ListAsync(Bound.Token))
            .Select(static report => $"{report.Node}: {Encoding.UTF8.GetString(report.Payload.Span)}")
            .SequenceEqual(expected),
        ReportBound,
        $"not listed: {string.Join(", ", expected)}");
}
