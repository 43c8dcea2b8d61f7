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

    /// <summary>Whether finding or reading a file may wait for a disk.</summary>
    internal virtual bool MayBlock => false;

    /// <summary>Finds what a normalized path refers to (it starts with a slash and has no dot segments; one char for each byte).</summary>
    internal abstract SiteEntry Find(string path);
}
