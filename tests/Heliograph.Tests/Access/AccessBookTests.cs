using System.Text.Json;
using Heliograph.Access;
using Heliograph.Fleet.Etcd;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Tests.Access;

/// <summary>Groups, their names, and what of both survives.</summary>
public sealed class AccessBookTests : IDisposable
{
    private const string Wildcard = "*.example.org";

    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory directory = new();
    private readonly RecordingLogger log = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_name_is_a_word_and_ten_random_letters_of_27_under_the_wildcard()
    {
        var names = Enumerable.Range(0, 5000).Select(static _ => HostLabel.CreateName(Wildcard)).ToList();
        Assert.All(names, static name => Assert.Matches("^[a-z]{3,7}-[bcdfghjklmnpqrstvwxz2456789]{10}\\.example\\.org$", name));
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.True(HostLabel.RandomLetters * Math.Log2(27) >= 40);
        // Every letter at every place.
        for (var place = 1; place <= HostLabel.RandomLetters; place++)
            Assert.Equal(27, names.Select(name => name.Split('.')[0][^place]).Distinct().Count());
    }

    [Fact]
    public void A_rotated_group_has_both_names_until_the_grace_is_over()
    {
        var before = Book("family");
        var old = Assert.Single(before.Find("family")!.Names).Host;
        var rotated = before.Rotate("family", Wildcard, TimeSpan.FromDays(3), Noon);
        var latest = rotated.Find("family")!.Names[^1].Host;
        Assert.NotEqual(old, latest);
        Assert.Equal([old, latest], Live(rotated, Noon.AddDays(3).AddSeconds(-1)));
        Assert.Equal([latest], Live(rotated, Noon.AddDays(3)));
        Assert.Equal([latest], Live(rotated.Prune(Noon.AddDays(3)), Noon));

        // Rotated twice: neither of the old ones lasts longer than it was promised.
        var twice = rotated.Rotate("family", Wildcard, TimeSpan.FromDays(9), Noon.AddDays(1));
        Assert.Equal([latest, twice.Find("family")!.Names[^1].Host], Live(twice, Noon.AddDays(4)));
        var now = rotated.Rotate("family", Wildcard, TimeSpan.Zero, Noon);
        Assert.Single(Live(now, Noon));
    }

    [Fact]
    public void A_group_that_expires_is_shown_for_30_days_and_its_names_end_at_once()
    {
        var book = AccessBook.Empty.Add("trip", Wildcard, TimeSpan.FromDays(30), limit: 5, Noon);
        Assert.Single(Live(book, Noon.AddDays(30).AddSeconds(-1)));
        Assert.Empty(Live(book, Noon.AddDays(30)));
        Assert.Equal(Noon.AddDays(30), book.NextEnd(Noon));
        Assert.NotNull(book.Prune(Noon.AddDays(59)).Find("trip"));
        Assert.Null(book.Prune(Noon.AddDays(60)).Find("trip"));
        // Its rotation does not prolong it.
        var rotated = book.Rotate("trip", Wildcard, TimeSpan.FromDays(90), Noon);
        Assert.Empty(Live(rotated, Noon.AddDays(30)));
        Assert.StartsWith(
            "the group trip expired on 2026-12-01; remove it (heliograph link revoke trip) and make it anew",
            Assert.Throws<AccessException>(() => book.Rotate("trip", Wildcard, TimeSpan.Zero, Noon.AddDays(30))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_done_is_told_with_what_to_do()
    {
        var book = Book("family", "friends");
        Assert.Equal(
            "there is a group family already; heliograph link show family shows its link, and link rotate family makes another",
            Assert.Throws<AccessException>(() => book.Add("family", Wildcard, null, 0, Noon)).Message);
        Assert.Equal(
            "there is no group famly; did you mean family?", Assert.Throws<AccessException>(() => book.Revoke("famly")).Message);
        Assert.Equal(
            "there is no group x1y2z3; heliograph link list shows them, and link new makes one",
            Assert.Throws<AccessException>(() => book.Rotate("x1y2z3", Wildcard, TimeSpan.Zero, Noon)).Message);
        Assert.Equal(
            "the group friends expired on 2026-11-01; remove it first (heliograph link revoke friends)",
            Assert.Throws<AccessException>(
                () => AccessBook.Empty
                    .Add("friends", Wildcard, TimeSpan.FromHours(1), 0, Noon)
                    .Add("friends", Wildcard, null, 0, Noon.AddDays(1)))
                .Message);
    }

    [Fact]
    public void There_are_never_more_than_1000_groups_and_2000_names_and_the_file_holds_them()
    {
        var wildcard = "*." + string.Join('.', Enumerable.Repeat(new string('w', 56), 4));
        var book = new AccessBook(
        [
            .. Enumerable.Range(0, AccessBook.MostGroups).Select(number => new GroupRecord
            {
                Name = $"group-{number:d4}-of-the-longest-nam",
                Limit = AccessBook.MostConnections,
                Expires = Noon.AddYears(9),
                LastUsed = new(2026, 11, 1),
                Names = [.. Enumerable.Range(0, 2).Select(_ => new NameRecord(HostLabel.CreateName(wildcard), new(2026, 11, 1), Noon))],
            }),
        ]);
        Assert.Equal(
            "there are 1000 groups, which is the most; remove one first (heliograph link revoke NAME)",
            Assert.Throws<AccessException>(() => book.Add("one-more", wildcard, null, 0, Noon)).Message);
        Assert.Equal(
            "there are 2000 names, which is the most; wait until those that were rotated have ended, or revoke a group",
            Assert.Throws<AccessException>(
                () => book.Rotate(book.Groups[7].Name, wildcard, TimeSpan.FromDays(1), Noon.AddDays(-1))).Message);
        Open().Write(book);
        Assert.Equal(book.Groups.Select(static group => group.Name), Open().Read().Groups.Select(static group => group.Name));
        Assert.Equal(2000, Open().Read().Groups.Sum(static group => group.Names.Count));
        // And so does the fleet's document, with what sealing adds.
        Assert.True(JsonSerializer.SerializeToUtf8Bytes(KeptGroups.FromBook(book), AccessJson.Default.KeptGroups).Length + 1024
            < EtcdClient.LargestValue);
    }

    [Fact]
    public void What_was_revoked_here_alone_stays_away_whatever_the_fleet_says_until_the_fleet_was_told()
    {
        var shared = Book("family", "friends");
        var own = AccessBook.Empty.Follow(shared).Use("friends", new(2026, 11, 1)).RevokeAlone("family");
        Assert.Equal(["friends"], own.Groups.Select(static group => group.Name));
        // Another machine rotates the group, and makes one.
        var rotated = shared.Rotate("family", Wildcard, TimeSpan.FromDays(3), Noon).Add("club", Wildcard, null, 0, Noon);
        var followed = own.Follow(rotated);
        Assert.Equal(["club", "friends"], followed.Groups.Select(static group => group.Name));
        Assert.Equal(new DateOnly(2026, 11, 1), followed.Find("friends")!.LastUsed);
        Assert.Equal(["club", "friends"], rotated.Without(own.Untold).Groups.Select(static group => group.Name));
        // One of the same name that is made afterwards is another group.
        var anew = rotated.Revoke("family").Add("family", Wildcard, null, 0, Noon);
        Assert.Same(anew, anew.Without(own.Untold));
        Open().Write(own);
        Assert.Equal(own.Untold, Open().Read().Untold);
    }

    [Theory]
    [InlineData("family")]
    [InlineData("a")]
    [InlineData("club_2-b")]
    public void A_groups_name_may_be(string name) => Assert.Null(GroupName.Parse(name, out _));

    [Theory]
    [InlineData("")]
    [InlineData("Family")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\"b")]
    [InlineData("123456789012345678901234567890123")]
    public void A_groups_name_may_not_be(string name) => Assert.NotNull(GroupName.Parse(name, out _));

    [Fact]
    public async Task A_kill_at_any_step_of_a_rotation_loses_no_link()
    {
        foreach (var step in Enum.GetValues<WriteStep>())
        {
            var before = Book("family", "friends");
            Open().Write(before);
            var dying = Open(reached =>
            {
                if (reached == step)
                    throw new OperationCanceledException("killed");
            });
            var stored = new StoredBook(dying, shared: null, static () => false, new ManualTimeProvider(Noon));
            await Assert.ThrowsAsync<OperationCanceledException>(() => stored.ChangeAsync(
                (book, now) => book.Rotate("family", Wildcard, TimeSpan.FromDays(3), now), Bound.Token));

            // What the next process finds: every name that was ever shown, and a new one if it was kept.
            var found = Open().Read();
            Assert.Equal(step == WriteStep.Sync ? 3 : 2, Live(found, Noon).Count);
            Assert.All(Live(before, Noon), name => Assert.Contains(name, Live(found, Noon)));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Open().Path));
        }
    }

    [Fact]
    public async Task A_change_in_the_moment_in_which_the_machine_joins_a_fleet_is_refused_and_leaves_the_groups_as_they_were()
    {
        var joins = false;
        Open().Write(Book("family"));
        var stored = new StoredBook(
            Open(reached => joins |= reached is WriteStep.Rename), shared: null, () => joins, new ManualTimeProvider(Noon));
        await Assert.ThrowsAsync<AccessException>(() => stored.RevokeAsync("family", Bound.Token));
        Assert.Equal("family", Assert.Single(Open().Read().Groups).Name);
    }

    [Theory]
    [InlineData("""{"version":2,"groups":[]}""", "its version is 2, but this program supports version 1")]
    [InlineData("""{"version":1,"groups":[{"name":"Family Smith","names":[]}]}""", "a group in it is not sound")]
    [InlineData(
        """{"version":1,"groups":[{"name":"smith","names":[{"host":"Smith!","created":"2026-11-01"}]}]}""",
        "a name in it is no host name")]
    [InlineData(
        """
        {"version":1,"groups":[{"name":"a","names":[{"host":"smith.example","created":"2026-11-01"}]},
        {"name":"b","names":[{"host":"smith.example","created":"2026-11-01"}]}]}
        """,
        "it contains something twice")]
    [InlineData("""{"version":1,"groups":[null]}""", "a group in it is not sound")]
    [InlineData("""{"version":1,"groups":[{"name":"smith",""", "it is cut off or not JSON")]
    public void A_damaged_file_is_set_aside_and_the_log_quotes_nothing_of_it(string text, string damage)
    {
        File.WriteAllText(Open().Path, text);
        Assert.Empty(Open().Read().Groups);
        Assert.Contains(damage, log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("smith", log.All, StringComparison.OrdinalIgnoreCase);
    }

    private static AccessBook Book(params string[] groups) =>
        groups.Aggregate(AccessBook.Empty, static (book, name) => book.Add(name, Wildcard, expires: null, limit: 0, Noon));

    private static List<string> Live(AccessBook book, DateTimeOffset now) => [.. book.LiveNames(now).Select(static one => one.Name.Host)];

    private AccessFile Open(Action<WriteStep>? fault = null) =>
        new(new PrivateDirectory(directory.Path, TimeProvider.System, log, fault));
}
