namespace Heliograph.Web.Sites;

internal enum SiteEntryKind
{
    NotFound,
    Forbidden,
    Failed,
    Directory,
    File,
}

/// <summary>What a path refers to; for a file, <see cref="File"/> is set and open.</summary>
internal readonly record struct SiteEntry(SiteEntryKind Kind, SiteFile? File = null);

/// <summary>A tree of files to serve.</summary>
public abstract class Site
{
    private protected Site()
    {
    }

    /// <summary>When <see cref="Change"/> gives another site; null for one that does not change by itself.</summary>
    internal DateTimeOffset? ChangesAt { get; init; }

    /// <summary>The site as it is from that moment on.</summary>
    internal Func<DateTimeOffset, Site>? Change { get; init; }

    /// <summary>
    /// Finds what a normalized path refers to (it starts with a slash and has no dot segments; one char for each byte), at once where that
    /// keeps nobody else waiting.
    /// </summary>
    internal abstract ValueTask<SiteEntry> FindAsync(string path);
}
