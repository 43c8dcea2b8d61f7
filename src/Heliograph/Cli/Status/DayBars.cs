using System.Text;
using Heliograph.Statistics;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Status;

/// <summary>The bytes of each day as columns of characters, within 80 columns and without colour.</summary>
internal static class DayBars
{
    private const int Rows = 4;
    private const int LabelWidth = 10;

    /// <summary>An eighth of a character's height to the whole of it (Unicode's block elements).</summary>
    private const string Eighths = "▁▂▃▄▅▆▇█";

    /// <param name="days">Oldest first.</param>
    /// <returns>Empty: nothing was relayed on any of them.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<PeriodTotal> days)
    {
        var most = days.Max(static day => day.Bytes);
        if (most == 0)
            return [];
        var heights = days.Select(day => Height(day.Bytes, most)).ToList();
        var rows = Enumerable.Range(0, Rows).Reverse().Select(row => Row(heights, row, row == Rows - 1 ? Bytes(most) : "0 MB"));
        return [.. rows.Select(static row => row.TrimEnd()), Axis(days)];
    }

    /// <summary>In eighths. Whatever was relayed is seen.</summary>
    private static int Height(long bytes, long most) =>
        bytes == 0 ? 0 : Math.Max(1, (int)Math.Round((double)bytes / most * Rows * Eighths.Length));

    private static string Row(List<int> heights, int row, string label)
    {
        var line = new StringBuilder(Line($"{(row is 0 or Rows - 1 ? label : ""),LabelWidth - 1} "));
        foreach (var height in heights)
            line.Append(Cell(height - (row * Eighths.Length), isLowest: row == 0)).Append(' ');
        return line.ToString();
    }

    private static char Cell(int above, bool isLowest) =>
        above > 0 ? Eighths[Math.Min(above, Eighths.Length) - 1] : isLowest ? '·' : ' ';

    private static string Axis(IReadOnlyList<PeriodTotal> days)
    {
        var (first, last) = (days[0].Period, days[^1].Period);
        return new string(' ', LabelWidth) + first + last.PadLeft((days.Count * 2) - 1 - first.Length);
    }
}
