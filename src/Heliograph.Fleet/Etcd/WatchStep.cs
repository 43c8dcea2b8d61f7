namespace Heliograph.Fleet.Etcd;

/// <summary>What a watch tells: everything, what changed since, or that etcd is away.</summary>
public sealed record WatchStep
{
    /// <summary>All keys below the prefix, at the beginning and after each gap. What is not among them is not there.</summary>
    public IReadOnlyList<KeyValue>? Whole { get; init; }

    /// <summary>What changed, in order. After a gap it goes on where it had ended, so some of it may be older than the whole.</summary>
    public IReadOnlyList<WatchEvent> Events { get; init; } = [];

    /// <summary>etcd does not answer, or refuses; the watch tries again by itself.</summary>
    public FleetException? Away { get; init; }
}

/// <param name="Key">The key.</param>
/// <param name="Revision">When it was put or deleted.</param>
/// <param name="Current">What is there now; null: it was deleted.</param>
public sealed record WatchEvent(string Key, long Revision, KeyValue? Current);
