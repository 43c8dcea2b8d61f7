using System.Globalization;

namespace Heliograph.Soak.Judging;

/// <summary>
/// No well-behaved client loses a byte, gets a wrong one, or waits long for the first, unless a disturbance makes it inevitable.
/// </summary>
internal static class ClientRule
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    public const string WrongByte = "a client got a wrong byte";
    public const string LostByte = "a client lost a byte";
    public const string Late = "a client waited too long";

    /// <summary>Adds what is wrong with an attempt, at most one thing.</summary>
    public static void Judge(Attempt attempt, Windows windows, Findings findings)
    {
        if (attempt.IsWrong)
        {
            // Nothing excuses that.
            findings.Add(WrongByte, Where(attempt));
            return;
        }
        if (attempt.Lost is { } reason)
        {
            if (windows.FindExcuse(attempt.Lane, isLost: true, attempt.Start, attempt.End) is null)
                findings.Add(LostByte, $"{Where(attempt)}: {reason}");
            return;
        }
        var first = attempt.FirstByte ?? attempt.End;
        if (first - attempt.Start > LongestWait
            && windows.FindExcuse(attempt.Lane, isLost: false, attempt.Start, first) is null)
        {
            findings.Add(Late, string.Create(
                CultureInfo.InvariantCulture, $"{Where(attempt)}: {(first - attempt.Start).TotalSeconds:0.0} s for the first byte"));
        }
    }

    private static string Where(Attempt attempt) => string.Create(
        CultureInfo.InvariantCulture, $"{attempt.Lane}, after {attempt.Start.TotalSeconds:0.0} s of the run");
}
