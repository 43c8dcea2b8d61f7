namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>
/// When the files were last changed, as the habits of whoever keeps the site have it. What changes when an entry is added is new then, and
/// nothing is from the future.
/// </summary>
internal sealed class FileTimes
{
    private readonly SeededChoice choice;
    private readonly Habit habit;
    private readonly DateTimeOffset begun;
    private readonly DateTimeOffset settled;
    private readonly int lead;

    private enum Habit
    {
        /// <summary>Each page is written by hand when there is something to write.</summary>
        ByHand,

        /// <summary>A program writes all pages anew for each entry.</summary>
        Generated,

        /// <summary>The whole folder is copied for each entry.</summary>
        Copied,
    }

    public FileTimes(SeededChoice choice, SiteCalendar calendar, DateTimeOffset installed)
    {
        this.choice = choice;
        habit = choice.Pick((Habit[])[Habit.ByHand, Habit.ByHand, Habit.Generated, Habit.Copied]);
        begun = calendar.Begun;
        settled = calendar.Entries.Where(static entry => entry.Number <= 0).Select(static entry => entry.Date)
            .DefaultIfEmpty(installed.AddDays(-10)).First();
        lead = choice.Between(20, 3000);
        Front = calendar.Entries[0].Date;
        Journal = habit == Habit.ByHand ? Front.AddSeconds(-choice.Below(lead)) : Front;
    }

    /// <summary>The first page, which names the newest entry.</summary>
    public DateTimeOffset Front { get; }

    public DateTimeOffset Journal { get; }

    public DateTimeOffset Entry(ContentEntry entry) => habit == Habit.ByHand ? entry.Date.AddSeconds(-lead - (entry.Number % 7)) : Front;

    public DateTimeOffset Page() => habit == Habit.ByHand ? Before(settled) : Front;

    public DateTimeOffset Asset() => habit == Habit.Copied ? Front : Before(settled);

    /// <summary>Some moment from the site's beginning to this one.</summary>
    private DateTimeOffset Before(DateTimeOffset end) =>
        begun.AddSeconds(choice.Below(Math.Max(1, (int)(end - begun).TotalSeconds)) - (end > begun ? 0 : choice.Below(90000)));
}
