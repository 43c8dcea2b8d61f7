namespace Heliograph.Access;

/// <summary>The book of a server that does not run.</summary>
internal sealed class StoredBook(AccessFile file, TimeProvider timeProvider) : IAccessBook
{
    /// <inheritdoc/>
    public AccessBook Change(Func<AccessBook, DateTimeOffset, AccessBook> change)
    {
        var now = timeProvider.GetUtcNow();
        var next = change(file.Read().Prune(now), now);
        file.Write(next);
        return next;
    }

    /// <inheritdoc/>
    public IReadOnlyList<GroupReport> Report()
    {
        var now = timeProvider.GetUtcNow();
        return [.. file.Read().Groups.Select(group => AccessReports.FromRecord(group, now))];
    }
}
