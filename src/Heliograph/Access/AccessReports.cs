namespace Heliograph.Access;

/// <summary>Makes a report of a record.</summary>
internal static class AccessReports
{
    public static GroupReport FromRecord(GroupRecord group, DateTimeOffset now) => new()
    {
        Name = group.Name,
        Names =
        [
            .. group.Names
                .Where(name => !(group.EndOf(name) <= now))
                .Select(name => new NameReport(name.Host, name.Created, group.EndOf(name))),
        ],
        Limit = group.Limit > 0 ? group.Limit : null,
        Expires = group.Expires,
        Expired = group.IsExpired(now),
        LastUsed = group.LastUsed,
    };
}
