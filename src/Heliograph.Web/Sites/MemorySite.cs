using System.Collections.Frozen;

namespace Heliograph.Web.Sites;

/// <summary>A page or picture of a site in memory.</summary>
internal sealed record MemoryFile(string Path, byte[] Content, DateTimeOffset LastModified);

/// <summary>The built-in site: a few dozen kilobytes, generated once at start.</summary>
internal sealed class MemorySite : Site
{
    private readonly FrozenDictionary<string, MemoryFile> files;
    private readonly FrozenSet<string> directories;

    public MemorySite(IEnumerable<MemoryFile> files)
    {
        this.files = files.ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);
        directories = this.files.Keys.SelectMany(DirectoriesAbove).ToFrozenSet(StringComparer.Ordinal);
    }

    internal override ValueTask<SiteEntry> FindAsync(string path) => new(Find(path));

    private SiteEntry Find(string path)
    {
        if (files.TryGetValue(path, out var file))
            return new(SiteEntryKind.File, new OpenFile(file));
        return new(directories.Contains(path.TrimEnd('/')) ? SiteEntryKind.Directory : SiteEntryKind.NotFound);
    }

    private static IEnumerable<string> DirectoriesAbove(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash >= 0; slash = slash == 0 ? -1 : path.LastIndexOf('/', slash - 1))
            yield return path[..slash];
    }

    private sealed class OpenFile : SiteFile
    {
        private readonly byte[] content;

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public OpenFile(MemoryFile file)
        {
            content = file.Content;
            Length = content.Length;
            LastModified = file.LastModified;
        }

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(buffer.Length, content.Length - offset);
            content.AsSpan((int)offset, count).CopyTo(buffer.Span);
            return ValueTask.FromResult(count);
        }
    }
}
