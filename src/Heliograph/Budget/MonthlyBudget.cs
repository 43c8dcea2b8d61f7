using System.Runtime.InteropServices;

namespace Heliograph.Budget;

/// <summary>What was used in one month.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BudgetMonth(DateOnly Start, long Bytes)
{
    public DateOnly End => Start.AddMonths(1);
}

/// <summary>Counts a budget's bytes by month, in UTC. The caller passes the time, which may be wrong for a while.</summary>
internal sealed class MonthlyBudget
{
    private readonly int resetDay;

    /// <param name="resetDay">The day on which a month begins, 1 to 28.</param>
    /// <param name="today">The current day.</param>
    /// <param name="current">The saved current month; null: nothing was saved.</param>
    /// <param name="before">The saved month before it.</param>
    public MonthlyBudget(int resetDay, DateOnly today, BudgetMonth? current = null, BudgetMonth? before = null)
    {
        this.resetDay = resetDay;
        Current = current ?? new(StartOf(today), 0);
        Before = before;
        Add(0, today);
    }

    public BudgetMonth Current { get; private set; }

    /// <summary>Kept in case the clock was ahead.</summary>
    public BudgetMonth? Before { get; private set; }

    /// <summary>Counts bytes towards the month of that day.</summary>
    /// <remarks>
    /// Setting the clock back does not reopen a month that is over. But a month that began only because the clock was ahead, as it can be
    /// at boot on a machine without a hardware clock, is merged into the real one, so that nothing is lost.
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
