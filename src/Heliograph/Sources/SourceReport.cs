namespace Heliograph.Sources;

/// <summary>
/// The lists of sources, and nothing about anybody who was blocked. Part of <c>heliograph status --json</c>, a contract with scripts.
/// </summary>
internal sealed record SourceReport
{
    /// <summary>Those of <c>sources.block</c>.</summary>
    public required IReadOnlyList<SourceListReport> Block { get; init; }

    /// <summary>Those of <c>sources.allow</c>.</summary>
    public required IReadOnlyList<SourceListReport> Allow { get; init; }

    /// <summary>Whether everybody is blocked who is not allowed.</summary>
    public required bool BlocksAll { get; init; }

    public IEnumerable<SourceListReport> Failing() => Block.Concat(Allow).Where(static list => list.Problem is not null);
}

/// <param name="Name">The file, or the address without its query.</param>
/// <param name="Prefixes">How many of it are in use; null: it could not be read yet.</param>
/// <param name="Problem">Why the newest one is not in use; null: it is.</param>
internal sealed record SourceListReport(string Name, int? Prefixes, string? Problem);
