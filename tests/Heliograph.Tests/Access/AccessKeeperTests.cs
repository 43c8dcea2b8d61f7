using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Heliograph.Testing;

namespace Heliograph.Tests.Access;

/// <summary>The groups of a running server, on a clock that the test advances.</summary>
public sealed class AccessKeeperTests : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new(2026, 11, 1, 23, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger log = new();
    private readonly List<AccessTable?> tables = [];
    private AccessKeeper keeper;
    private bool willShare;
    private Action applied = static () => { };

    public AccessKeeperTests() => keeper = Start();

    public async ValueTask DisposeAsync()
    {
        await keeper.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_name_works_as_soon_as_the_command_has_answered_and_after_a_crash()
    {
        var family = await NewAsync("family");
        Assert.NotNull(tables[^1]!.Find(family));
        Assert.Null(tables[^1]!.Find("www.example.org"));
        // Nobody disposes of what has crashed.
        var next = Start();
        Assert.NotNull(next.Table!.Find(family));
    }

    [Fact]
    public async Task A_revoked_name_is_gone_and_the_others_keep_their_counters()
    {
        var (family, friends) = (await NewAsync("family"), await NewAsync("friends"));
        var token = tables[^1]!.Find(friends);
        Assert.True((await RunAsync(new() { Command = AccessCommands.Revoke, Group = "family" })).Ok);
        Assert.Null(tables[^1]!.Find(family));
        Assert.Same(token, tables[^1]!.Find(friends));
    }

    [Fact]
    public async Task A_rotated_name_ends_with_its_grace_to_the_second_and_the_group_keeps_its_counters()
    {
        var old = await NewAsync("family");
        var rotated = await RunAsync(new() { Command = AccessCommands.Rotate, Group = "family", Grace = TimeSpan.FromSeconds(90) });
        var latest = rotated.Groups![0].Current!.Host;
        Assert.Same(tables[^1]!.Find(old), tables[^1]!.Find(latest));
        time.Advance(TimeSpan.FromSeconds(89));
        Assert.NotNull(tables[^1]!.Find(old));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(tables[^1]!.Find(old));
        Assert.NotNull(tables[^1]!.Find(latest));
    }

    [Fact]
    public async Task A_group_that_expires_loses_its_name_to_the_second()
    {
        var made = await RunAsync(new() { Command = AccessCommands.New, Group = "trip", Expires = TimeSpan.FromDays(30) });
        var name = made.Groups![0].Current!.Host;
        time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.NotNull(tables[^1]!.Find(name));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(tables[^1]!.Find(name));
        Assert.True(Assert.Single(keeper.Report()).Expired);
    }

    [Fact]
    public async Task While_the_mode_is_open_every_name_is_relayed()
    {
        await NewAsync("family");
        keeper.UseMode(unlisted: false);
        Assert.Null(tables[^1]);
        keeper.UseMode(unlisted: true);
        Assert.NotNull(tables[^1]);
    }

    [Fact]
    public async Task Of_its_use_a_group_keeps_the_day()
    {
        var name = await NewAsync("family");
        var token = tables[^1]!.Find(name)!;
        Assert.Null(Assert.Single(keeper.Report()).LastUsed);
        token.CountRelayed();
        Assert.Equal(new DateOnly(2026, 11, 1), Assert.Single(keeper.Report()).LastUsed);
        await keeper.DisposeAsync();
        keeper = Start();
        Assert.Equal(new DateOnly(2026, 11, 1), Assert.Single(keeper.Report()).LastUsed);
        Assert.DoesNotContain("23:", File.ReadAllText(directory[AccessFile.Name]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_probed_if_on_one_day_16_looks_come_and_more_than_one_for_four_uses()
    {
        var name = await NewAsync("family");
        var token = tables[^1]!.Find(name)!;
        void Look(int times)
        {
            for (var i = 0; i < times; i++)
                token.Count(ConnectionOutcome.DecoyNoHello);
        }
        Look(15);
        Assert.False(Assert.Single(keeper.Report()).Probed);
        Look(1);
        Assert.True(Assert.Single(keeper.Report()).Probed);
        // A name that is used as much is not.
        for (var i = 0; i < 64; i++)
            token.CountRelayed();
        Assert.False(Assert.Single(keeper.Report()).Probed);
        Look(1);
        Assert.True(Assert.Single(keeper.Report()).Probed);
        // What came yesterday is forgotten.
        time.Advance(TimeSpan.FromHours(2));
        Assert.False(Assert.Single(keeper.Report()).Probed);
        // What is no look: a relayed connection, one that the limit refused, a host that is down.
        for (var i = 0; i < 100; i++)
        {
            token.Count(ConnectionOutcome.Relayed);
            token.Count(ConnectionOutcome.RefusedGroup);
            token.Count(ConnectionOutcome.RefusedBudget);
            token.Count(ConnectionOutcome.DecoyUpstreamDown);
        }
        Assert.False(Assert.Single(keeper.Report()).Probed);
    }

    [Fact]
    public async Task A_change_that_cannot_be_kept_has_no_effect()
    {
        var family = await NewAsync("family");
        Directory.Delete(directory.Path, recursive: true);
        var answer = await RunAsync(new() { Command = AccessCommands.Revoke, Group = "family" });
        Assert.False(answer.Ok);
        Assert.Contains("cannot be written", answer.Message, StringComparison.Ordinal);
        Assert.NotNull(keeper.Table!.Find(family));
        Directory.CreateDirectory(directory.Path);
    }

    [Fact]
    public async Task No_level_of_the_log_has_a_group_or_a_name()
    {
        var name = await NewAsync("smiths");
        await RunAsync(new() { Command = AccessCommands.Rotate, Group = "smiths", Grace = TimeSpan.FromDays(1) });
        Directory.Delete(directory.Path, recursive: true);
        tables[^1]!.Find(name)!.CountRelayed();
        time.Advance(TimeSpan.FromMinutes(2));
        await RunAsync(new() { Command = AccessCommands.Revoke, Group = "smiths" });
        Directory.CreateDirectory(directory.Path);
        Assert.Contains("Cannot save when the groups of unlisted names were last used", log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("smiths", log.All, StringComparison.Ordinal);
        Assert.DoesNotContain(name.Split('.')[0], log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_wildcard_a_group_cannot_be_made_and_the_command_says_what_to_do()
    {
        var answer = await new AccessCommands(keeper, static () => Settings.Default with { Domains = ["proxy.example.org"] })
            .RunAsync(new() { Command = AccessCommands.New, Group = "family" }, Bound.Token);
        Assert.False(answer.Ok);
        Assert.StartsWith(
            "there is no wildcard in domains to make a name under; add one such as \"*.example.org\"", answer.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Between_joining_a_fleet_and_the_next_start_a_link_is_only_revoked_and_the_fleet_is_to_learn_of_it()
    {
        var family = await NewAsync("family");
        willShare = true;
        foreach (var command in new[] { AccessCommands.New, AccessCommands.Rotate })
        {
            var refused = await RunAsync(new() { Command = command, Group = "family" });
            Assert.False(refused.Ok);
            Assert.StartsWith("this machine has joined a fleet since its server started", refused.Message, StringComparison.Ordinal);
        }
        var revoked = await RunAsync(new() { Command = AccessCommands.Revoke, Group = "family" });
        Assert.StartsWith("The links of family no longer work on this machine", revoked.Message, StringComparison.Ordinal);
        Assert.Null(tables[^1]!.Find(family));
        Assert.Equal([family], new AccessFile(directory.Path, time, log).Read().Untold);
    }

    /// <summary>The fleet may have looked at the groups just before the change, and then it would not have it.</summary>
    [Theory]
    [InlineData(AccessCommands.New, "friends")]
    [InlineData(AccessCommands.Rotate, "family")]
    public async Task A_link_that_is_made_in_the_moment_of_joining_a_fleet_is_refused_and_leaves_nothing(string command, string group)
    {
        var family = await NewAsync("family");
        applied = () => willShare = true;
        var refused = await RunAsync(new() { Command = command, Group = group, Grace = TimeSpan.FromDays(1) });
        Assert.False(refused.Ok);
        Assert.StartsWith("this machine has joined a fleet since its server started", refused.Message, StringComparison.Ordinal);
        var kept = Assert.Single(new AccessFile(directory.Path, time, log).Read().Groups);
        Assert.Equal(("family", family), (kept.Name, Assert.Single(kept.Names).Host));
    }

    [Fact]
    public async Task A_link_that_is_revoked_in_the_moment_of_joining_a_fleet_ends_and_the_fleet_is_to_learn_of_it()
    {
        var family = await NewAsync("family");
        applied = () => willShare = true;
        Assert.True((await RunAsync(new() { Command = AccessCommands.Revoke, Group = "family" })).Ok);
        Assert.Null(tables[^1]!.Find(family));
        Assert.Equal([family], new AccessFile(directory.Path, time, log).Read().Untold);
    }

    private async Task<string> NewAsync(string group) =>
        (await RunAsync(new() { Command = AccessCommands.New, Group = group })).Groups![0].Current!.Host;

    private Task<ControlResponse> RunAsync(ControlRequest request) =>
        new AccessCommands(keeper, static () => Settings.Default with { Domains = ["example.org", "*.example.org"] })
            .RunAsync(request, Bound.Token);

    private AccessKeeper Start()
    {
        var started = new AccessKeeper(
            new AccessFile(directory.Path, time, log), isUnlisted: true, shared: null, () => willShare, time, log);
        started.Attach(table =>
        {
            tables.Add(table);
            applied();
        });
        return started;
    }
}
