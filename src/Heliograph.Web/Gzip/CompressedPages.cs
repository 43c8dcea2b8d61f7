using Heliograph.Web.Sites;

namespace Heliograph.Web.Gzip;

/// <summary>
/// A site's HTML pages as gzip streams. Each is compressed once and shared by all who fetch it, so that a thousand visitors who read
/// slowly hold one copy. Up to <see cref="MostBytes"/> are kept.
/// </summary>
internal sealed class CompressedPages
{
    /// <summary>A longer page is sent as it is.</summary>
    public const int LongestPage = 1 << 20;

    public const int MostBytes = 8 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Page> pages = new(StringComparer.Ordinal);
    private long total;

    /// <summary>The stream in pieces; null if the page is too long, or its file shrinks while it is read.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Find(string path, SiteFile file)
    {
        if (file.Length > LongestPage)
            return null;
        lock (gate)
        {
            if (pages.TryGetValue(path, out var known) && known.EntityTag == file.EntityTag)
                return known.Pieces;
        }
        var text = new byte[file.Length];
        if (file.Read(text) != text.Length)
            return null;
        var page = new Page(file.EntityTag, Zlib.Compress(text));
        lock (gate)
            Keep(path, page);
        return page.Pieces;
    }

    private void Keep(string path, Page page)
    {
        if (pages.Remove(path, out var before))
            total -= before.Length;
        if (total + page.Length > MostBytes)
        {
            pages.Clear();
            total = 0;
        }
        pages.Add(path, page);
        total += page.Length;
    }

    private sealed record Page(string EntityTag, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
    {
        public long Length { get; } = Pieces.Sum(piece => (long)piece.Length);
    }
}
