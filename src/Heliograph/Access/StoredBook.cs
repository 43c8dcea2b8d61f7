using Heliograph.Fleet;

namespace Heliograph.Access;

/// <summary>The book of a server that does not run.</summary>
/// <param name="file">Where its groups are; in a fleet, its copy of them.</param>
/// <param name="shared">The groups of its fleet; null: it is in none.</param>
/// <param name="willShare">Whether it has joined one meanwhile.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class StoredBook(AccessFile file, SharedBook? shared, Func<bool> willShare, TimeProvider timeProvider) : IAccessBook
{
    /// <inheritdoc/>
    public async Task ChangeAsync(Func<AccessBook, DateTimeOffset, AccessBook> change, CancellationToken cancellationToken)
    {
        var (own, now) = (Read(), timeProvider.GetUtcNow());
        if (shared is null)
            ChangeAlone(own, change(own.Prune(now), now));
        else
        {
            try
            {
                await ShareAsync(own, groups => change(groups.Prune(now), now), cancellationToken);
            }
            catch (FleetException exception)
            {
                throw new AccessException($"{exception.Message} {SharedBook.Remedy}");
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string?> RevokeAsync(string group, CancellationToken cancellationToken)
    {
        var own = Read();
        if (shared is null || own.Find(group) is null)
        {
            await ChangeAsync((groups, _) => groups.Revoke(group), cancellationToken);
            return null;
        }
        own = own.RevokeAlone(group);
        file.Write(own);
        try
        {
            await ShareAsync(own, static groups => groups, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is FleetException or AccessException)
        {
            return exception.Message;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<GroupReport> Report()
    {
        var now = timeProvider.GetUtcNow();
        return [.. Read().Groups.Select(group => AccessReports.FromRecord(group, now))];
    }

    private void ChangeAlone(AccessBook before, AccessBook next)
    {
        file.Write(next);
        if (!willShare())
            return;
        // The fleet may have looked at the groups before this change, and then nobody would have it.
        file.Write(before);
        throw new AccessException("this machine joins a fleet just now, and nothing was changed; try again");
    }

    private async Task ShareAsync(AccessBook own, Func<AccessBook, AccessBook> change, CancellationToken cancellationToken)
    {
        var next = await shared!.ChangeAsync(own, change, cancellationToken);
        file.Write((own with { Untold = [] }).Follow(next));
    }

    private AccessBook Read()
    {
        var own = file.Read();
        return shared?.Find() is { } all ? own.Follow(all) : own;
    }
}
