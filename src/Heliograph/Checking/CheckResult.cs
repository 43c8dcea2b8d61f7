namespace Heliograph.Checking;

/// <summary>All that <c>heliograph check</c> found: the shape of its JSON, which is a contract with scripts.</summary>
internal sealed record CheckResult
{
    public required CheckVerdict Verdict { get; init; }

    /// <summary>What the process exits with.</summary>
    public ExitCode ExitCode => Verdict switch
    {
        CheckVerdict.Works => ExitCode.Done,
        CheckVerdict.WorksWithWarnings => ExitCode.Warnings,
        _ => ExitCode.Failed,
    };

    /// <summary>One sentence: how it is, and what to do.</summary>
    public required string Summary { get; init; }

    /// <summary>This machine, where no host was named; otherwise empty.</summary>
    public required IReadOnlyList<CheckStep> Machine { get; init; }

    public required IReadOnlyList<CheckReport> Proxies { get; init; }
}
