using Heliograph.Statistics;

namespace Heliograph.Tests.Statistics;

public sealed class TrafficHistoryTests
{
    private static readonly DateOnly Thursday = new(2026, 4, 30);
    private static readonly Traffic One = new(1, 10, 100);

    [Theory]
    [InlineData("2026-04-27", "2026-04-27", "2026-W18")]
    [InlineData("2026-05-03", "2026-04-27", "2026-W18")]
    [InlineData("2027-01-03", "2026-12-28", "2026-W53")]
    [InlineData("2027-01-04", "2027-01-04", "2027-W01")]
    [InlineData("2024-12-30", "2024-12-30", "2025-W01")]
    public void A_day_belongs_to_its_ISO_week(string day, string monday, string name)
    {
        var found = TrafficHistory.MondayOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(DateOnly.Parse(monday, System.Globalization.CultureInfo.InvariantCulture), found);
        Assert.Equal(name, TrafficHistory.NameOf(found));
    }

    [Fact]
    public void Traffic_is_added_to_its_day_and_to_its_week()
    {
        var history = new TrafficHistory();
        history.Add(Thursday, One);
        history.Add(Thursday, One);
        history.Add(Thursday.AddDays(1), One);
        history.Add(Thursday.AddDays(4), One);

        Assert.Equal([2, 1, 1], history.Days.Values.Select(static day => day.Connections));
        Assert.Equal(new Traffic(3, 30, 300), history.Week(new(2026, 4, 27)));
        Assert.Equal(One, history.Week(new(2026, 5, 4)));
        Assert.Equal(default, history.Week(new(2026, 4, 20)));
    }

    [Fact]
    public void Only_the_last_35_days_and_60_weeks_are_kept()
    {
        var history = new TrafficHistory();
        for (var i = 0; i < 1000; i++)
            history.Add(Thursday.AddDays(i), One);

        Assert.Equal(Enumerable.Range(965, 35).Select(i => Thursday.AddDays(i)), history.Days.Keys);
        Assert.Equal(60, history.Weeks.Count);
        Assert.Equal(TrafficHistory.MondayOf(Thursday.AddDays(999)), history.Weeks.Keys.Last());
    }

    [Fact]
    public void A_future_period_left_by_a_wrong_clock_is_dropped_first()
    {
        var history = new TrafficHistory();
        for (var i = 0; i < 40; i++)
            history.Add(new DateOnly(2036, 1, 1).AddDays(i), One);
        for (var i = 0; i < 35; i++)
            history.Add(Thursday.AddDays(i), One);

        Assert.Equal(Enumerable.Range(0, 35).Select(i => Thursday.AddDays(i)), history.Days.Keys);
    }

    [Fact]
    public void A_clock_that_is_set_back_adds_to_the_day_that_it_shows()
    {
        var history = new TrafficHistory();
        history.Add(Thursday, One);
        history.Add(Thursday.AddDays(30), One);
        history.Add(Thursday, One);

        Assert.Equal(2, history.Day(Thursday).Connections);
        Assert.Equal(1, history.Day(Thursday.AddDays(30)).Connections);
    }
}
