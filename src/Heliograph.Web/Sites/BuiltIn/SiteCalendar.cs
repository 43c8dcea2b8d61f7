namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The date of an entry, and which one it is: 0 is the one from about the day of the installation.</summary>
internal sealed record EntryDate(int Number, DateTimeOffset Date);

/// <summary>
/// When the site's entries are written: some before the installation, so that the site is not empty, and from then on as long as it runs.
/// It depends on the seed and the day of the installation alone, so that machines with one seed agree, whenever they were started.
/// </summary>
internal sealed record SiteCalendar(IReadOnlyList<EntryDate> Entries, DateTimeOffset Begun, DateTimeOffset Next)
{
    /// <summary>The oldest go when there are more: 100 KB of text.</summary>
    public const int MostEntries = 40;

    private const int SecondsOfADay = 86400;

    /// <summary>The calendar as of now; the newest entry comes first.</summary>
    public static SiteCalendar At(byte[] seed, DateOnly installed, DateTimeOffset now)
    {
        var choice = new SeededChoice(seed, "calendar");
        // Somebody who moves a server has just touched the site.
        var first = new DateTimeOffset(installed, TimeOnly.MinValue, TimeSpan.Zero).AddDays(-choice.Between(1, 9));
        var pace = choice.Pick((int[])[8, 12, 16, 21, 28, 35]);
        var hour = choice.Between(6, 21);
        // A site that is as new as its certificate, or an old one that moved.
        var isOld = choice.Chance(35);
        var before = isOld ? choice.Between(6, 16) : choice.Between(2, 6);
        var dates = new List<EntryDate> { new(0, Moment(first, hour, choice)) };
        for (var (number, date) = (-1, first); number >= -before; number--)
        {
            date = date.AddDays(-Gap(pace * (isOld ? 2 : 1), choice));
            dates.Add(new(number, Moment(date, hour, choice)));
        }
        var begun = dates[^1].Date;
        var onward = new SeededChoice(seed, "calendar onward");
        for (var (number, date) = (1, first); ; number++)
        {
            date = date.AddDays(Gap(pace, onward));
            var moment = Moment(date, hour, onward);
            if (moment > now)
                return new([.. dates.OrderByDescending(static entry => entry.Number).Take(MostEntries)], begun, moment);
            dates.Add(new(number, moment));
            // Memory does not grow with the years.
            if (dates.Count > 2 * MostEntries)
                dates = [.. dates.OrderByDescending(static entry => entry.Number).Take(MostEntries)];
        }
    }

    private static int Gap(int pace, SeededChoice choice) => Math.Max(2, choice.Between(pace / 2, pace * 3 / 2));

    private static DateTimeOffset Moment(DateTimeOffset day, int hour, SeededChoice choice) =>
        day.AddSeconds(((hour * 3600) + choice.Below(3 * 3600)) % SecondsOfADay);
}
