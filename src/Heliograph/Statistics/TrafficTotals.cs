using System.Globalization;
using System.Text.Json.Serialization;

namespace Heliograph.Statistics;

/// <summary>
/// The daily and weekly totals as shown: rounded. Part of <c>heliograph status --json</c>, a contract with scripts.
/// </summary>
internal sealed record TrafficTotals
{
    public required PeriodTotal Today { get; init; }

    public required PeriodTotal ThisWeek { get; init; }

    public required PeriodTotal LastWeek { get; init; }

    /// <summary>The recorded days, oldest first.</summary>
    public required IReadOnlyList<PeriodTotal> Days { get; init; }

    /// <summary>The recorded weeks, oldest first.</summary>
    public required IReadOnlyList<PeriodTotal> Weeks { get; init; }

    /// <summary>Why the totals cannot be read or saved; null: they can.</summary>
    public string? Problem { get; init; }

    /// <summary>Every day that a chart shows, up to today, with those on which nothing was relayed.</summary>
    public IReadOnlyList<PeriodTotal> EveryDay() =>
        Every(Days, TrafficHistory.MostDays, back => PeriodTotal.ForDay(Date().AddDays(-back), default));

    /// <summary>The same for weeks.</summary>
    public IReadOnlyList<PeriodTotal> EveryWeek()
    {
        var monday = TrafficHistory.MondayOf(Date());
        return Every(Weeks, TrafficHistory.MostWeeks, back => PeriodTotal.ForWeek(monday.AddDays(-7 * back), default));
    }

    public static TrafficTotals FromHistory(TrafficHistory history, DateOnly today, string? problem)
    {
        var monday = TrafficHistory.MondayOf(today);
        return new()
        {
            Today = PeriodTotal.ForDay(today, history.Day(today)),
            ThisWeek = PeriodTotal.ForWeek(monday, history.Week(monday)),
            LastWeek = PeriodTotal.ForWeek(monday.AddDays(-7), history.Week(monday.AddDays(-7))),
            Days = [.. history.Days.Select(static day => PeriodTotal.ForDay(day.Key, day.Value))],
            Weeks = [.. history.Weeks.Select(static week => PeriodTotal.ForWeek(week.Key, week.Value))],
            Problem = problem,
        };
    }

    private DateOnly Date() => DateOnly.ParseExact(Today.Period, "o", CultureInfo.InvariantCulture);

    private static IReadOnlyList<PeriodTotal> Every(IReadOnlyList<PeriodTotal> recorded, int count, Func<int, PeriodTotal> none)
    {
        var byPeriod = recorded.ToDictionary(static one => one.Period, StringComparer.Ordinal);
        return
        [
            .. Enumerable.Range(0, count).Reverse().Select(none).Select(empty => byPeriod.GetValueOrDefault(empty.Period) ?? empty),
        ];
    }
}

/// <summary>What was relayed in a day or a week.</summary>
internal sealed record PeriodTotal
{
    /// <summary><c>2026-04-30</c>, or <c>2026-W18</c>.</summary>
    public required string Period { get; init; }

    public required long Connections { get; init; }

    public required long BytesUp { get; init; }

    public required long BytesDown { get; init; }

    /// <summary>In both directions.</summary>
    [JsonIgnore]
    public long Bytes => BytesUp + BytesDown;

    public static PeriodTotal ForDay(DateOnly day, Traffic traffic) =>
        Create(day.ToString("o", CultureInfo.InvariantCulture), traffic.Rounded);

    public static PeriodTotal ForWeek(DateOnly monday, Traffic traffic) => Create(TrafficHistory.NameOf(monday), traffic.Rounded);

    private static PeriodTotal Create(string period, Traffic traffic) =>
        new() { Period = period, Connections = traffic.Connections, BytesUp = traffic.BytesUp, BytesDown = traffic.BytesDown };
}
