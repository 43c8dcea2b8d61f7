using Heliograph.Platform;

namespace Heliograph.Access;

/// <summary>The book that a command works on: that of the running server, or of one that does not run.</summary>
internal interface IAccessBook
{
    /// <summary>Changes the book, and keeps the change before it takes effect.</summary>
    /// <returns>The new book.</returns>
    /// <exception cref="AccessException">The change is refused.</exception>
    /// <exception cref="StorageException">It cannot be kept; nothing has changed.</exception>
    AccessBook Change(Func<AccessBook, DateTimeOffset, AccessBook> change);

    /// <summary>All groups.</summary>
    IReadOnlyList<GroupReport> Report();
}
