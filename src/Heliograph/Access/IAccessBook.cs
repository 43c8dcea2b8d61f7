using Heliograph.Platform;

namespace Heliograph.Access;

/// <summary>The book that a command works on: that of the running server, or of one that does not run.</summary>
internal interface IAccessBook
{
    /// <summary>Changes the book, and keeps the change before it takes effect; in a fleet, for all machines.</summary>
    /// <exception cref="AccessException">The change is refused, or the fleet cannot be asked.</exception>
    /// <exception cref="StorageException">It cannot be kept; nothing has changed.</exception>
    Task ChangeAsync(Func<AccessBook, DateTimeOffset, AccessBook> change, CancellationToken cancellationToken);

    /// <summary>Ends a group. On this machine it takes effect at once, also while the fleet cannot be asked.</summary>
    /// <returns>Why the other machines of the fleet do not know of it yet; null: they do.</returns>
    /// <exception cref="AccessException">There is no such group.</exception>
    /// <exception cref="StorageException">It cannot be kept; nothing has changed.</exception>
    Task<string?> RevokeAsync(string group, CancellationToken cancellationToken);

    /// <summary>All groups.</summary>
    IReadOnlyList<GroupReport> Report();
}
