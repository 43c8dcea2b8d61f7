using Heliograph.Relay.Access;

namespace Heliograph.Sources;

/// <summary>A list of the configuration, and what of it is in use.</summary>
/// <param name="source">A path, or a web address.</param>
internal sealed class SourceList(string source)
{
    public string Source { get; } = source;

    /// <summary>Null: it is a file.</summary>
    public Uri? Address { get; } = source.Contains("://", StringComparison.Ordinal) ? new Uri(source) : null;

    /// <summary>For people: an address without its query, which may hold a key.</summary>
    public string Name => Address?.GetLeftPart(UriPartial.Path) ?? Source;

    /// <summary>Null: none could be read yet.</summary>
    public PrefixSet? Set { get; set; }

    /// <summary>Prefixes in <see cref="Set"/>.</summary>
    public int Prefixes { get; set; }

    /// <summary>Why the newest one is not in use; null: it is.</summary>
    public string? Problem { get; set; }

    /// <summary>Where <see cref="Address"/> is null.</summary>
    public WatchedFile File { get; } = new(source);

    /// <summary>When the server of <see cref="Address"/> was asked last; null: it is to be asked.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>What the server is asked with: see RFC 9110 section 13.</summary>
    public Validators Validators { get; set; } = new(null, null);
}
