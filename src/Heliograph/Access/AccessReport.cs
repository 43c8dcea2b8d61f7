using System.Text.Json.Serialization;

namespace Heliograph.Access;

/// <summary>A group as <c>heliograph link list --json</c> shows it, a contract with scripts. Counts and bytes are rounded.</summary>
internal sealed record GroupReport
{
    public required string Name { get; init; }

    /// <summary>The names that work, the one to hand out last; empty once the group has expired.</summary>
    public required IReadOnlyList<NameReport> Names { get; init; }

    /// <summary>Connections that it may have at a time; absent: no limit.</summary>
    public int? Limit { get; init; }

    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it has expired.</summary>
    public bool Expired { get; init; }

    /// <summary>Connections relayed now; absent if no server is running.</summary>
    public long? Connections { get; init; }

    /// <summary>From its people, since the start of the server.</summary>
    public long? BytesUp { get; init; }

    public long? BytesDown { get; init; }

    /// <summary>The last day on which it was used, in UTC.</summary>
    public DateOnly? LastUsed { get; init; }

    /// <summary>Whether its name is being probed today.</summary>
    public bool Probed { get; init; }

    [JsonIgnore]
    public NameReport? Current => Names.Count > 0 ? Names[^1] : null;
}

/// <param name="Host">The name to connect to.</param>
/// <param name="Created">The day, in UTC.</param>
/// <param name="Until">When it ends; absent: it does not.</param>
internal sealed record NameReport(string Host, DateOnly Created, DateTimeOffset? Until);
