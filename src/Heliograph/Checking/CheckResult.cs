namespace Heliograph.Checking;

/// <summary>All that <c>heliograph check</c> found: the shape of its JSON, which is a contract with scripts.</summary>
internal sealed record CheckResult
{
    public required CheckVerdict Verdict { get; init; }

    /// <summary>The exit code of the process.</summary>
    public ExitCode ExitCode => Verdict switch
    {
        CheckVerdict.Works => ExitCode.Done,
        CheckVerdict.WorksWithWarnings => ExitCode.Warnings,
        _ => ExitCode.Failed,
    };

    /// <summary>One sentence for a person: the state of things, and what to do.</summary>
    public required string Summary { get; init; }

    /// <summary>The checks of this machine when no host was named; otherwise empty.</summary>
    public required IReadOnlyList<CheckStep> Machine { get; init; }

    public required IReadOnlyList<CheckReport> Proxies { get; init; }
}
