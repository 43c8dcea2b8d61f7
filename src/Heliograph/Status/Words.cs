using System.Runtime.CompilerServices;

namespace Heliograph.Status;

/// <summary>Formats figures for people.</summary>
internal static class Words
{
    /// <summary>Formats with the current culture, which is invariant in the whole process.</summary>
    public static string Line(ref DefaultInterpolatedStringHandler text) => text.ToStringAndClear();

    /// <summary><c>12 MB</c>, <c>14.2 GB</c>: decimal units, as used on hosting bills.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000_000_000 => Line($"{bytes / 1_000_000} MB"),
        < 1_000_000_000_000 => Line($"{bytes / 1e9:0.0} GB"),
        _ => Line($"{bytes / 1e12:0.00} TB"),
    };

    /// <summary>The two largest units: <c>3 days 4 hours</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => Join(time.Days, "day", time.Hours, "hour"),
        { TotalHours: >= 1 } => Join(time.Hours, "hour", time.Minutes, "minute"),
        { TotalMinutes: >= 1 } => Count(time.Minutes, "minute"),
        _ => Count(time.Seconds, "second"),
    };

    /// <summary><c>1 day</c>, <c>1,288 days</c>.</summary>
    public static string Count(long count, string thing) => Line($"{count:N0} {thing}{(count == 1 ? "" : "s")}");

    private static string Join(int large, string unit, int small, string part) =>
        small == 0 ? Count(large, unit) : $"{Count(large, unit)} {Count(small, part)}";
}
