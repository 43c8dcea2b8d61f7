using Heliograph.Alerts;

namespace Heliograph.Tests.Alerts;

/// <summary>At most one message a day for one cause.</summary>
public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AlertBook book = new(new Dictionary<string, AlertRecord>(StringComparer.Ordinal));

    [Fact]
    public void Trouble_is_told_at_once_and_then_once_a_day_while_it_lasts()
    {
        Assert.Equal([(0, AlertState.Failing), (24, AlertState.Failing), (48, AlertState.Failing)], Told(72, static _ => true));
    }

    [Fact]
    public void What_works_is_never_told() => Assert.Empty(Told(72, static _ => false));

    [Fact]
    public void That_it_works_again_is_told_once_and_is_the_message_of_its_day() =>
        Assert.Equal([(5, AlertState.Failing), (29, AlertState.WorksAgain)], Told(100, static hour => hour is 5 or 6));

    [Fact]
    public void Trouble_that_comes_and_goes_is_one_message_a_day()
    {
        var told = Told(240, static hour => hour % 2 == 0);
        Assert.Equal(10, told.Count);
        Assert.All(told.Zip(told.Skip(1)), static pair => Assert.True(pair.Second.Hour - pair.First.Hour >= 24));
    }

    [Fact]
    public void New_trouble_on_the_day_of_the_good_news_waits_for_the_next() =>
        Assert.Equal(
            [(0, AlertState.Failing), (24, AlertState.WorksAgain), (48, AlertState.Failing), (72, AlertState.Failing), (96, AlertState.WorksAgain)],
            Told(130, static hour => hour < 2 || hour is > 30 and < 75));

    [Fact]
    public void What_nobody_knows_is_no_news() =>
        Assert.Equal([(0, AlertState.Failing), (50, AlertState.WorksAgain)], Told(60, static hour => hour == 0 ? true : hour < 50 ? null : false));

    [Fact]
    public void Two_causes_have_a_day_each()
    {
        Assert.Equal(AlertState.Failing, book.Judge("a", fails: true, Start));
        Assert.Equal(AlertState.Failing, book.Judge("b", fails: true, Start));
        Assert.Null(book.Judge("a", fails: true, Start));
    }

    [Fact]
    public void A_clock_that_is_set_back_silences_nothing()
    {
        _ = book.Judge("a", fails: true, Start);
        Assert.Equal(AlertState.Failing, book.Judge("a", fails: true, Start.AddYears(-1)));
    }

    [Fact]
    public void A_cause_that_nothing_asks_about_any_more_is_forgotten_after_a_month()
    {
        _ = book.Judge("a", fails: true, Start);
        book.Forget(Start.AddDays(29));
        Assert.Single(book.Records);
        book.Forget(Start.AddDays(31));
        Assert.Empty(book.Records);
    }

    /// <summary>What is told when the cause is judged every hour.</summary>
    private List<(int Hour, AlertState State)> Told(int hours, Func<int, bool?> fails)
    {
        var told = new List<(int, AlertState)>();
        for (var hour = 0; hour < hours; hour++)
        {
            if (book.Judge("cause", fails(hour), Start.AddHours(hour)) is { } state)
                told.Add((hour, state));
        }
        return told;
    }
}
