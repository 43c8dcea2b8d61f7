using System.Globalization;

namespace Heliograph.Statistics;

/// <summary>Traffic by UTC day and by ISO week (Monday to Sunday); old periods are dropped.</summary>
internal sealed class TrafficHistory
{
    public const int MostDays = 35;
    public const int MostWeeks = 60;

    private readonly SortedDictionary<DateOnly, Traffic> days = [];
    private readonly SortedDictionary<DateOnly, Traffic> weeks = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyDictionary<DateOnly, Traffic> Days => days;

    /// <summary>By their Mondays, oldest first.</summary>
    public IReadOnlyDictionary<DateOnly, Traffic> Weeks => weeks;

    /// <summary>The Monday of a day's ISO week.</summary>
    public static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary><c>2026-W18</c>, as ISO 8601 writes a week.</summary>
    public static string NameOf(DateOnly monday)
    {
        var instant = monday.ToDateTime(TimeOnly.MinValue);
        return string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(instant):0000}-W{ISOWeek.GetWeekOfYear(instant):00}");
    }

    public Traffic Day(DateOnly day) => days.GetValueOrDefault(day);

    public Traffic Week(DateOnly monday) => weeks.GetValueOrDefault(monday);

    /// <summary>Adds to the day and its week.</summary>
    public void Add(DateOnly today, Traffic traffic)
    {
        AddDay(today, traffic, today);
        AddWeek(MondayOf(today), traffic, today);
    }

    public void AddDay(DateOnly day, Traffic traffic, DateOnly today) => Add(days, day, traffic, MostDays, today);

    public void AddWeek(DateOnly monday, Traffic traffic, DateOnly today) => Add(weeks, monday, traffic, MostWeeks, today);

    /// <summary>
    /// Drops the period farthest from today: the oldest, unless a wrong clock has left one in the distant future.
    /// </summary>
    private static void Add(SortedDictionary<DateOnly, Traffic> sums, DateOnly date, Traffic traffic, int most, DateOnly today)
    {
        sums[date] = sums.GetValueOrDefault(date) + traffic;
        while (sums.Count > most)
            sums.Remove(sums.Keys.MaxBy(one => Math.Abs(one.DayNumber - today.DayNumber)));
    }
}
