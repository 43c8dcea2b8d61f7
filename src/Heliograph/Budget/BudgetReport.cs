namespace Heliograph.Budget;

/// <summary>How much of the monthly budget is used.</summary>
internal enum BudgetState
{
    Plenty,

    /// <summary>80 % is used.</summary>
    Low,

    /// <summary>Nothing is left.</summary>
    Spent,
}

/// <summary>The monthly budget as it may be shown: rounded.</summary>
internal sealed record BudgetReport
{
    /// <summary>limits.monthly_bytes.</summary>
    public required long MonthlyBytes { get; init; }

    /// <summary>In and out, this month, rounded up to the next MB.</summary>
    public required long UsedBytes { get; init; }

    public required DateOnly Start { get; init; }

    /// <summary>The day on which the next month begins, in UTC.</summary>
    public required DateOnly End { get; init; }

    public required BudgetState State { get; init; }

    /// <summary>The rate to which the relay is slowed in this state; 0: it is not slowed.</summary>
    public required long SlowedTo { get; init; }

    /// <summary>Whether nothing is relayed.</summary>
    public required bool Refuses { get; init; }

    /// <summary>Why the budget cannot be read or saved; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whole percent, 100 or more when it is spent.</summary>
    public long Percent => (long)((Int128)UsedBytes * 100 / MonthlyBytes);
}
