using Heliograph.Alerts;

namespace Heliograph.Tests.Alerts;

/// <summary>At most one message a day for one cause.</summary>
public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AlertBook book = new(new Dictionary<string, AlertRecord>(StringComparer.Ordinal));

    [Fact]
    public void Trouble_is_reported_at_once_and_then_once_a_day_while_it_lasts()
    {
        Assert.Equal([(0, AlertState.Failing), (24, AlertState.Failing), (48, AlertState.Failing)], Report(72, static _ => true));
    }

    [Fact]
    public void What_works_is_never_reported() => Assert.Empty(Report(72, static _ => false));

    [Fact]
    public void Recovery_is_reported_once_and_is_the_only_message_of_its_day() =>
        Assert.Equal([(5, AlertState.Failing), (29, AlertState.WorksAgain)], Report(100, static hour => hour is 5 or 6));

    [Fact]
    public void Intermittent_trouble_causes_one_message_a_day()
    {
        var reported = Report(240, static hour => hour % 2 == 0);
        Assert.Equal(10, reported.Count);
        Assert.All(reported.Zip(reported.Skip(1)), static pair => Assert.True(pair.Second.Hour - pair.First.Hour >= 24));
    }

    [Fact]
    public void New_trouble_on_the_day_of_a_recovery_message_waits_for_the_next_day() =>
        Assert.Equal(
            [
                (0, AlertState.Failing),
                (24, AlertState.WorksAgain),
                (48, AlertState.Failing),
                (72, AlertState.Failing),
                (96, AlertState.WorksAgain),
            ],
            Report(130, static hour => hour < 2 || hour is > 30 and < 75));

    [Fact]
    public void An_unknown_state_is_not_reported() =>
        Assert.Equal(
            [(0, AlertState.Failing), (50, AlertState.WorksAgain)],
            Report(
                60,
                static hour =>
                    hour == 0 ? true
                    : hour < 50 ? null
                    : false));

    [Fact]
    public void Two_causes_are_limited_separately()
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
    public void A_cause_that_is_no_longer_watched_is_forgotten_after_a_month()
    {
        _ = book.Judge("a", fails: true, Start);
        book.Forget(Start.AddDays(29));
        Assert.Single(book.Records);
        book.Forget(Start.AddDays(31));
        Assert.Empty(book.Records);
    }

    /// <summary>The messages when the cause is judged every hour.</summary>
    private List<(int Hour, AlertState State)> Report(int hours, Func<int, bool?> fails)
    {
        var reported = new List<(int, AlertState)>();
        for (var hour = 0; hour < hours; hour++)
        {
            if (book.Judge("cause", fails(hour), Start.AddHours(hour)) is { } state)
                reported.Add((hour, state));
        }
        return reported;
    }
}
