namespace Heliograph.Access;

/// <summary>All groups and their names. Immutable: each change gives another book, or the reason why there is none.</summary>
/// <param name="Groups">By name, in the order of the alphabet.</param>
internal sealed record AccessBook(IReadOnlyList<GroupRecord> Groups)
{
    public const int MostGroups = 1000;

    /// <summary>In all groups. Two for each is far more than a rotation of all of them needs.</summary>
    public const int MostNames = 2000;

    public const int MostConnections = 1_000_000;

    /// <summary>How long the operator still sees a group that has expired.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public static AccessBook Empty { get; } = new([]);

    /// <summary>Names that were revoked on this machine, and of which its fleet does not know yet.</summary>
    public IReadOnlyList<string> Untold { get; init; } = [];

    /// <summary>The names that lead to Signal's hosts at this moment.</summary>
    public IEnumerable<(GroupRecord Group, NameRecord Name)> LiveNames(DateTimeOffset now) => Groups
        .SelectMany(static group => group.Names.Select(name => (group, name)))
        .Where(one => !(one.group.EndOf(one.name) <= now));

    /// <summary>When the next name ends; null: none will.</summary>
    public DateTimeOffset? NextEnd(DateTimeOffset now) =>
        LiveNames(now).Min(static one => one.Group.EndOf(one.Name));

    public GroupRecord? Find(string name) => Groups.FirstOrDefault(group => group.Name == name);

    /// <exception cref="AccessException">It cannot be added.</exception>
    public AccessBook Add(string name, string wildcard, TimeSpan? expires, int limit, DateTimeOffset now)
    {
        if (Find(name) is { } there)
        {
            throw new AccessException(there.IsExpired(now)
                ? $"the group {name} expired on {there.Expires:yyyy-MM-dd}; remove it first (heliograph link revoke {name})"
                : $"there is a group {name} already; heliograph link show {name} shows its link, and link rotate {name} makes another");
        }
        if (Groups.Count >= MostGroups)
            throw new AccessException($"there are {MostGroups} groups, which is the most; remove one first (heliograph link revoke NAME)");
        return With(new()
        {
            Name = name,
            Limit = limit,
            Expires = expires is { } length ? Seconds(now + length) : null,
            Names = [CreateName(wildcard, now)],
        });
    }

    /// <exception cref="AccessException">There is no such group.</exception>
    public AccessBook Revoke(string name)
    {
        var group = Require(name);
        return this with { Groups = [.. Groups.Where(other => other != group)] };
    }

    /// <summary>Revokes a group on this machine, before its fleet knows of it.</summary>
    /// <exception cref="AccessException">There is no such group.</exception>
    public AccessBook RevokeAlone(string name)
    {
        var hosts = Require(name).Names.Select(static one => one.Host);
        return Revoke(name) with { Untold = [.. Untold.Union(hosts, StringComparer.Ordinal).TakeLast(MostNames)] };
    }

    /// <summary>Leaves out the groups that have one of these names: what was revoked, whoever has rotated it since.</summary>
    public AccessBook Without(IReadOnlyList<string> hosts)
    {
        var gone = hosts.ToHashSet(StringComparer.Ordinal);
        List<GroupRecord> kept = [.. Groups.Where(group => !group.Names.Any(name => gone.Contains(name.Host)))];
        return kept.Count == Groups.Count ? this : this with { Groups = kept };
    }

    /// <summary>What a fleet's groups are here: when they were used is this machine's, and what it has revoked alone is gone.</summary>
    public AccessBook Follow(AccessBook shared)
    {
        var used = Groups.ToDictionary(static group => group.Name, static group => group.LastUsed, StringComparer.Ordinal);
        return this with
        {
            Groups = [.. shared.Without(Untold).Groups.Select(group => group with { LastUsed = used.GetValueOrDefault(group.Name) })],
        };
    }

    /// <summary>Gives the group another name; those that it had end after a while.</summary>
    /// <exception cref="AccessException">There is no such group, or it has expired.</exception>
    public AccessBook Rotate(string name, string wildcard, TimeSpan grace, DateTimeOffset now)
    {
        var group = Require(name);
        if (group.IsExpired(now))
        {
            throw new AccessException(
                $"the group {name} expired on {group.Expires:yyyy-MM-dd}; remove it (heliograph link revoke {name}) and make it anew " +
                $"(heliograph link new {name})");
        }
        var end = Seconds(now + grace);
        var old = group.Names
            .Select(one => one.Until <= end ? one : one with { Until = end })
            .Where(one => one.Until > now);
        return With(group with { Names = [.. old, CreateName(wildcard, now)] });
    }

    /// <summary>Notes on which day a group was used.</summary>
    public AccessBook Use(string name, DateOnly day) =>
        Find(name) is { } group && group.LastUsed != day ? With(group with { LastUsed = day }) : this;

    /// <summary>Drops what has ended.</summary>
    public AccessBook Prune(DateTimeOffset now)
    {
        List<GroupRecord> kept =
        [
            .. Groups
                .Where(group => !(group.Expires + KeptFor <= now))
                .Select(group => group.Names.Any(name => name.Until <= now)
                    ? group with { Names = [.. group.Names.Where(name => !(name.Until <= now))] } : group),
        ];
        return kept.SequenceEqual(Groups) ? this : this with { Groups = kept };
    }

    private GroupRecord Require(string name)
    {
        if (Find(name) is { } group)
            return group;
        var near = Configuration.Suggestion.Nearest(name, Groups.Select(static group => group.Name)) is { } other
            ? $"did you mean {other}?" : "heliograph link list shows them, and link new makes one";
        throw new AccessException($"there is no group {name}; {near}");
    }

    private AccessBook With(GroupRecord changed) => this with
    {
        Groups =
        [
            .. Groups
                .Where(group => group.Name != changed.Name)
                .Append(changed)
                .OrderBy(static group => group.Name, StringComparer.Ordinal),
        ],
    };

    private NameRecord CreateName(string wildcard, DateTimeOffset now)
    {
        var taken = Groups.SelectMany(static group => group.Names).Select(static name => name.Host).ToHashSet(StringComparer.Ordinal);
        if (taken.Count >= MostNames)
            throw new AccessException(
                $"there are {MostNames} names, which is the most; wait until those that were rotated have ended, or revoke a group");
        string host;
        do
            host = HostLabel.CreateName(wildcard);
        while (taken.Contains(host));
        return new(host, DateOnly.FromDateTime(now.UtcDateTime));
    }

    private static DateTimeOffset Seconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());
}
