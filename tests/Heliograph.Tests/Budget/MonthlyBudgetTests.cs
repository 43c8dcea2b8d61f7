using Heliograph.Budget;

namespace Heliograph.Tests.Budget;

public sealed class MonthlyBudgetTests
{
    [Theory]
    [InlineData(1, "2026-05-01", "2026-05-01", "2026-06-01")]
    [InlineData(1, "2026-05-31", "2026-05-01", "2026-06-01")]
    [InlineData(15, "2026-05-14", "2026-04-15", "2026-05-15")]
    [InlineData(15, "2026-05-15", "2026-05-15", "2026-06-15")]
    [InlineData(28, "2026-03-01", "2026-02-28", "2026-03-28")]
    [InlineData(28, "2027-01-02", "2026-12-28", "2027-01-28")]
    public void A_month_begins_on_its_day(int resetDay, string today, string start, string end)
    {
        var budget = new MonthlyBudget(resetDay, Day(today));

        Assert.Equal(Day(start), budget.Current.Start);
        Assert.Equal(Day(end), budget.Current.End);
    }

    [Fact]
    public void Bytes_are_added_up_until_the_month_is_over()
    {
        var budget = new MonthlyBudget(1, Day("2026-05-30"));
        budget.Add(100, Day("2026-05-30"));
        budget.Add(20, Day("2026-05-31"));
        Assert.Equal(120, budget.Current.Bytes);

        budget.Add(3, Day("2026-06-01"));
        Assert.Equal(new BudgetMonth(Day("2026-06-01"), 3), budget.Current);
    }

    [Fact]
    public void A_month_that_was_missed_completely_is_over_too() =>
        Assert.Equal(
            new BudgetMonth(Day("2026-08-01"), 0),
            new MonthlyBudget(1, Day("2026-08-20"), new BudgetMonth(Day("2026-05-01"), 5)).Current);

    [Fact]
    public void A_clock_that_is_set_back_does_not_reopen_a_month()
    {
        var budget = new MonthlyBudget(1, Day("2026-05-30"));
        budget.Add(100, Day("2026-05-30"));
        budget.Add(10, Day("1970-01-01"));

        Assert.Equal(new BudgetMonth(Day("2026-05-01"), 110), budget.Current);
    }

    [Fact]
    public void A_clock_that_ran_ahead_and_was_corrected_loses_nothing()
    {
        var budget = new MonthlyBudget(1, Day("2026-05-30"));
        budget.Add(100, Day("2026-05-30"));
        budget.Add(10, Day("2031-01-01"));
        Assert.Equal(10, budget.Current.Bytes);

        var saved = new MonthlyBudget(1, Day("2031-01-02"), budget.Current, budget.Before);
        saved.Add(1, Day("2026-05-30"));
        Assert.Equal(new BudgetMonth(Day("2026-05-01"), 111), saved.Current);
    }

    private static DateOnly Day(string text) => DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
