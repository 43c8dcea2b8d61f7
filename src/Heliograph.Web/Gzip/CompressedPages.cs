using System.Security.Cryptography;
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

    /// <summary>A longer one is compressed on the thread pool: zlib takes a millisecond for about 100 KB.</summary>
    private const int LongestOnLoop = 64 << 10;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Page> pages = new(StringComparer.Ordinal);
    private long total;

    /// <summary>The stream in pieces; null if the page is too long, or its file shrinks or fails while it is read.</summary>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> FindAsync(string path, SiteFile file)
    {
        if (file.Length > LongestPage || await ReadAsync(file) is not { } text)
            return null;
        // Others of the event loop would wait.
        if (text.Length > LongestOnLoop)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Not by time and length: an update may keep both.
        var hash = Convert.ToHexString(SHA256.HashData(text));
        lock (gate)
        {
            if (pages.TryGetValue(path, out var known) && known.Hash == hash)
                return known.Pieces;
        }
        var page = new Page(hash, Zlib.Compress(text));
        lock (gate)
            Keep(path, page);
        return page.Pieces;
    }

    private static async ValueTask<byte[]?> ReadAsync(SiteFile file)
    {
        try
        {
            var text = new byte[file.Length];
            var filled = 0;
            while (filled < text.Length && await file.ReadAsync(filled, text.AsMemory(filled), CancellationToken.None) is > 0 and var count)
                filled += count;
            return filled == text.Length ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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

    private sealed record Page(string Hash, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
    {
        public long Length { get; } = Pieces.Sum(piece => (long)piece.Length);
    }
}
