using System.Diagnostics;
using System.Text;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>The groups of unlisted names that machines share: the built program, three times, beside a real etcd.</summary>
[Trait("Needs", "server")]
public sealed class FleetGroupTests(ITestOutputHelper output)
{
    private const string Signal = "chat.signal.org";

    /// <summary>What is promised. Measured in three runs: 1 to 4 ms, on two processors with a load average of about 20.</summary>
    private static readonly TimeSpan ReachesAll = TimeSpan.FromSeconds(2);

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_link_works_on_every_machine_and_when_it_is_revoked_on_one_its_connections_end_on_all_within_two_seconds()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 3, Signal);
        var family = await fleet.GroupsOf(0).LinkAsync("new", "family");
        var friends = await fleet.GroupsOf(1).LinkAsync("new", "friends");
        var clients = new List<TlsInTlsClient>();
        for (var machine = 0; machine < 3; machine++)
        {
            await fleet.UntilRelayedAsync(machine, friends);
            clients.Add(await TlsInTlsClient.ConnectAsync(fleet.Client(machine, family), Bound.Token));
        }
        await using var kept = await TlsInTlsClient.ConnectAsync(fleet.Client(2, friends), Bound.Token);

        var ends = clients.Select(static client => FleetOfGroups.PumpAsync(client.Inner)).ToList();
        var clock = Stopwatch.StartNew();
        var (code, text, errors) = await fleet.GroupsOf(0).RunAsync("revoke", "family");
        var answered = clock.Elapsed;
        Assert.Equal((0, "The links of family no longer work, and their connections end.\n", ""), (code, text, errors));
        await Task.WhenAll(ends).WaitAsync(Bound.Prompt, Bound.Token);
        output.WriteLine(
            $"all connections on three machines had ended {clock.ElapsedMilliseconds} ms after the command was started; " +
            $"it had answered after {answered.TotalMilliseconds:0} ms");
        Assert.True(clock.Elapsed - answered < ReachesAll, $"the last connection ended {clock.Elapsed - answered} after the answer");
        foreach (var client in clients)
            await client.DisposeAsync();
        for (var machine = 0; machine < 3; machine++)
            await fleet.AssertWebSiteAsync(machine, family);
        await Echo.RoundTripAsync(kept.Inner, 1, 1000);
        Assert.Contains(
            "\nheliograph_connections_active{machine=\"vps2\"} ",
            (await Scrape.TakeAsync(fleet.MonitoringOf(2))).Text,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_link_that_one_machine_rotates_works_on_another_until_its_grace_is_over()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 2, Signal);
        var old = await fleet.GroupsOf(0).LinkAsync("new", "family");
        await fleet.UntilRelayedAsync(1, old);
        await using var before = await TlsInTlsClient.ConnectAsync(fleet.Client(1, old), Bound.Token);
        var latest = await fleet.GroupsOf(0).LinkAsync("rotate", "family", "--grace", "20s");
        await fleet.UntilRelayedAsync(1, latest);
        await Echo.RoundTripAsync(before.Inner, 1, 1000);
        await FleetOfGroups.PumpAsync(before.Inner).WaitAsync(TimeSpan.FromSeconds(60), Bound.Token);
        await fleet.AssertWebSiteAsync(1, old);
        Assert.Equal([latest], await fleet.GroupsOf(1).NamesAsync());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Two_machines_that_make_a_group_at_the_same_time_keep_both_and_one_that_was_down_has_them_from_its_first_connection()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 3, Signal);
        await fleet.StopAsync(2);
        var made = await Task.WhenAll(fleet.GroupsOf(0).LinkAsync("new", "family"), fleet.GroupsOf(1).LinkAsync("new", "friends"));
        // A command where no server runs asks the fleet too.
        var club = await fleet.GroupsOf(2).LinkAsync("new", "club");
        Assert.Equal(made.Append(club).Order(StringComparer.Ordinal), (await fleet.GroupsOf(2).NamesAsync()).Order(StringComparer.Ordinal));
        await fleet.GroupsOf(1).RunAsync("revoke", "friends");
        await fleet.StartAgainAsync(2);
        await using var client = await TlsInTlsClient.ConnectAsync(fleet.Client(2, made[0]), Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 1, 1000);
        await fleet.AssertWebSiteAsync(2, made[1]);
        await fleet.UntilRelayedAsync(0, club);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_etcd_is_away_links_go_on_working_and_one_is_revoked_where_it_was_asked_and_everywhere_when_etcd_is_back()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 2, Signal);
        var (family, friends) = (await fleet.GroupsOf(0).LinkAsync("new", "family"), await fleet.GroupsOf(0).LinkAsync("new", "friends"));
        await fleet.UntilRelayedAsync(1, friends);
        await fleet.Etcd.KillAsync();

        await using var there = await TlsInTlsClient.ConnectAsync(fleet.Client(0, family), Bound.Token);
        await using var here = await TlsInTlsClient.ConnectAsync(fleet.Client(1, family), Bound.Token);
        var ended = FleetOfGroups.PumpAsync(here.Inner);
        var (code, text, _) = await fleet.GroupsOf(1).RunAsync("revoke", "family");
        Assert.Equal(0, code);
        Assert.Contains("The other machines of the fleet are told as soon as that is possible", text, StringComparison.Ordinal);
        await ended.WaitAsync(Bound.Prompt, Bound.Token);
        await Echo.RoundTripAsync(there.Inner, 1, 1000);
        (code, _, var errors) = await fleet.GroupsOf(1).RunAsync("new", "club");
        Assert.Equal(1, code);
        Assert.Contains("Nothing was changed, because a link is for all machines of the fleet", errors, StringComparison.Ordinal);
        // kill -9, and a start without etcd: what was revoked stays so, what works goes on.
        await fleet.KillAsync(1);
        await fleet.StartAgainAsync(1);
        await fleet.AssertWebSiteAsync(1, family);
        await fleet.UntilRelayedAsync(1, friends);

        await fleet.Etcd.StartAgainAsync();
        await FleetOfGroups.PumpAsync(there.Inner).WaitAsync(TimeSpan.FromSeconds(60), Bound.Token);
        await fleet.AssertWebSiteAsync(0, family);
        Assert.Equal([friends], await fleet.GroupsOf(0).NamesAsync());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_machine_that_leaves_without_etcd_keeps_what_it_has_revoked_alone_revoked()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 2, Signal);
        var (family, friends) = (await fleet.GroupsOf(0).LinkAsync("new", "family"), await fleet.GroupsOf(0).LinkAsync("new", "friends"));
        await fleet.UntilRelayedAsync(1, friends);
        await fleet.UntilRelayedAsync(1, family);
        await fleet.Etcd.KillAsync();
        Assert.Equal(0, (await fleet.GroupsOf(1).RunAsync("revoke", "family")).ExitCode);

        await fleet.StopAsync(1);
        Assert.Equal(0, (await BuiltProgram.RunAsync("fleet", "leave", "--config", fleet.ConfigOf(1))).ExitCode);
        await fleet.StartAgainAsync(1);

        await fleet.UntilRelayedAsync(1, friends);
        await fleet.AssertWebSiteAsync(1, family);
        Assert.Equal([friends], await fleet.GroupsOf(1).NamesAsync());
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Under_the_key_of_after_a_removal_the_others_have_every_link_and_the_removed_machine_hears_of_no_new_one()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 3, Signal);
        var family = await fleet.GroupsOf(1).LinkAsync("new", "family");
        await fleet.UntilRelayedAsync(2, family);
        Assert.EndsWith(
            "The fleet shares no certificate of an authority and no ACME account, so nothing is replaced. If the machine had a " +
            "certificate in files (certificate.source: files), replace it and its key where it comes from, and have it revoked there.\n" +
            "It also knows every link: give the groups new names (heliograph link rotate NAME).\n",
            await FleetMachine.RunAsync("fleet", "remove", "vps2", "--compromised", "--config", fleet.ConfigOf(0)),
            StringComparison.Ordinal);
        var friends = await fleet.GroupsOf(1).LinkAsync("new", "friends");
        await fleet.UntilRelayedAsync(0, friends);
        Assert.Equal(
            new[] { family, friends }.Order(StringComparer.Ordinal), (await fleet.GroupsOf(0).NamesAsync()).Order(StringComparer.Ordinal));
        await fleet.AssertWebSiteAsync(2, friends);
        var (code, _, errors) = await fleet.GroupsOf(2).RunAsync("new", "club");
        Assert.Equal(1, code);
        Assert.Contains("was this machine removed from the fleet?", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_fleet_begins_with_the_groups_of_its_first_machine_a_machine_that_leaves_keeps_them_and_no_file_or_log_names_one()
    {
        await using var fleet = await FleetOfGroups.MakeAsync(machines: 2, Signal, alone: "smiths");
        var (smiths, others) = (fleet.Alone[0], fleet.Alone[1]);
        await fleet.UntilRelayedAsync(1, smiths);
        await fleet.AssertWebSiteAsync(1, others);
        Assert.Contains(
            others, await File.ReadAllTextAsync(fleet.StateOf(1, "access-before-fleet.json"), Bound.Token), StringComparison.Ordinal);
        var clubs = await fleet.GroupsOf(1).LinkAsync("new", "clubhouse");
        await fleet.UntilRelayedAsync(0, clubs);
        string[] secrets = [smiths.Split('.')[0], clubs.Split('.')[0], others.Split('.')[0], "smiths", "clubhouse"];
        fleet.AssertLogsAtTraceHaveNone(secrets);

        await fleet.StopAsync(1);
        Assert.Equal(0, (await BuiltProgram.RunAsync("fleet", "leave", "--config", fleet.ConfigOf(1))).ExitCode);
        await fleet.StartAgainAsync(1);
        Assert.Equal(
            new[] { clubs, smiths }.Order(StringComparer.Ordinal), (await fleet.GroupsOf(1).NamesAsync()).Order(StringComparer.Ordinal));
        await using var client = await TlsInTlsClient.ConnectAsync(fleet.Client(1, smiths), Bound.Token);
        await Echo.RoundTripAsync(client.Inner, 1, 1000);
        await fleet.Etcd.KillAsync();
        var files = Directory.EnumerateFiles(fleet.Etcd.DataDirectory, "*", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        foreach (var text in files.Select(static path => Encoding.Latin1.GetString(File.ReadAllBytes(path))))
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
    }
}
