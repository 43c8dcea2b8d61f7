using System.Runtime.InteropServices;

namespace Heliograph.Budget;

/// <summary>What was used in one month.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BudgetMonth(DateOnly Start, long Bytes)
{
    public DateOnly End => Start.AddMonths(1);
}

/// <summary>Adds up the months of a budget, in UTC. Time comes from outside, and may be wrong for a while.</summary>
internal sealed class MonthlyBudget
{
    private readonly int resetDay;

    /// <param name="resetDay">The day on which a month begins, 1 to 28.</param>
    /// <param name="today">The day.</param>
    /// <param name="current">As it was saved; null: there is nothing yet.</param>
    /// <param name="before">The month before it, as it was saved.</param>
    public MonthlyBudget(int resetDay, DateOnly today, BudgetMonth? current = null, BudgetMonth? before = null)
    {
        this.resetDay = resetDay;
        Current = current ?? new(StartOf(today), 0);
        Before = before;
        Add(0, today);
    }

    public BudgetMonth Current { get; private set; }

    /// <summary>Kept for a clock that ran ahead.</summary>
    public BudgetMonth? Before { get; private set; }

    /// <summary>Counts bytes to the month of that day.</summary>
    /// <remarks>
    /// A clock that is set back does not bring a month back that is over. But a month that only began because the clock was ahead, as a
    /// machine without
    /// one of its own can be at its start, is joined with the one in which it really is, so that nothing is forgotten.
    /// </remarks>
    public void Add(long bytes, DateOnly today)
    {
        var start = StartOf(today);
        if (start > Current.Start)
        {
            Before = Current;
            Current = new(start, 0);
        }
        else if (start == Before?.Start)
        {
            Current = new(start, Before.Value.Bytes + Current.Bytes);
            Before = null;
        }
        Current = Current with { Bytes = Current.Bytes + bytes };
    }

    private DateOnly StartOf(DateOnly day)
    {
        var start = new DateOnly(day.Year, day.Month, resetDay);
        return day >= start ? start : start.AddMonths(-1);
    }
}
