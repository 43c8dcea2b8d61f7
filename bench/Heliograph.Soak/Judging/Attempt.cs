namespace Heliograph.Soak.Judging;

/// <summary>How one conversation of a well-behaved client went.</summary>
/// <param name="Lane">What it depended on.</param>
/// <param name="Start">When it began, since the start of the run.</param>
/// <param name="FirstByte">When its first byte came; null: none came.</param>
/// <param name="End">When it was over.</param>
internal sealed record Attempt(Lane Lane, TimeSpan Start, TimeSpan? FirstByte, TimeSpan End)
{
    /// <summary>Why bytes are missing; null: none are.</summary>
    public string? Lost { get; init; }

    /// <summary>A byte arrived that nobody had sent.</summary>
    public bool IsWrong { get; init; }
}
