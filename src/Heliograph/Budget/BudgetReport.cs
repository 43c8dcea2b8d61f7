namespace Heliograph.Budget;

/// <summary>How far the month's budget has gone.</summary>
internal enum BudgetState
{
    Plenty,

    /// <summary>80 % are used.</summary>
    Low,

    /// <summary>Nothing is left.</summary>
    Spent,
}

/// <summary>The month's budget as it may be shown: rounded.</summary>
internal sealed record BudgetReport
{
    /// <summary>limits.monthly_bytes.</summary>
    public required long MonthlyBytes { get; init; }

    /// <summary>In and out, in this month; up to the next MB.</summary>
    public required long UsedBytes { get; init; }

    public required DateOnly Start { get; init; }

    /// <summary>The day on which the next month begins, in UTC.</summary>
    public required DateOnly End { get; init; }

    public required BudgetState State { get; init; }

    /// <summary>The rate that the state has brought about; 0: none.</summary>
    public required long SlowedTo { get; init; }

    /// <summary>Whether nothing is relayed any more.</summary>
    public required bool Refuses { get; init; }

    /// <summary>Why the budget cannot be read or saved; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whole percents, 100 and more when it is spent.</summary>
    public long Percent => (long)((Int128)UsedBytes * 100 / MonthlyBytes);
}
