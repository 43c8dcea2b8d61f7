namespace Heliograph.Access;

/// <summary>A group of people, as it is kept.</summary>
internal sealed record GroupRecord
{
    public required string Name { get; init; }

    /// <summary>Connections at a time; 0: no limit.</summary>
    public int Limit { get; init; }

    /// <summary>When its names end; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The last day on which it was relayed, in UTC; null: it never was.</summary>
    public DateOnly? LastUsed { get; init; }

    /// <summary>The last one is the one to hand out.</summary>
    public required IReadOnlyList<NameRecord> Names { get; init; }

    /// <summary>When a name ends; null: never.</summary>
    public DateTimeOffset? EndOf(NameRecord name) => name.Until is { } until && !(Expires < until) ? until : Expires;

    public bool IsExpired(DateTimeOffset now) => Expires <= now;
}

/// <param name="Host">A DNS name in lower case.</param>
/// <param name="Created">The day, in UTC.</param>
/// <param name="Until">When it ends because another has taken its place; null: it is the group's own.</param>
internal sealed record NameRecord(string Host, DateOnly Created, DateTimeOffset? Until = null);
