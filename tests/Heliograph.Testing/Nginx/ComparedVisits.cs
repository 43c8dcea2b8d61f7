using System.Text.RegularExpressions;

namespace Heliograph.Testing.Nginx;

/// <summary>The visits to nginx and to us that a comparison takes, and what was told of them.</summary>
/// <remarks>
/// If a server closes before it has read everything, the kernel chooses between FIN and RST by what has arrived until then, a segment that
/// is sent again counts twice, and a ticket may last a second more or less (<see cref="NginxClock"/>): servers that differ only in that are
/// visited again, until both have told the same. However we closed in any of the visits, nginx has to have closed in one, too.
/// </remarks>
public sealed partial class ComparedVisits
{
    /// <summary>Until both have told the same.</summary>
    private const int MostUntilSame = 5;

    /// <summary>Until nginx has closed in every way in which we did.</summary>
    private const int MostUntilClosed = 60;

    private readonly HashSet<string> nginxCloses = new(StringComparer.Ordinal);
    private readonly HashSet<string> ourCloses = new(StringComparer.Ordinal);
    private (string Nginx, string Ours) last;
    private int count;
    private bool wereSame;

    private bool AreSameButForChance => WithoutChance(last.Nginx) == WithoutChance(NginxClock.Align(last.Ours, last.Nginx));

    /// <summary>Adds what was told of a visit to each.</summary>
    /// <returns>Whether both are to be visited again.</returns>
    public bool Add(string nginx, string ours)
    {
        last = (nginx, ours);
        count++;
        wereSame |= nginx == ours;
        nginxCloses.Add(ClosesIn(nginx));
        ourCloses.Add(ClosesIn(ours));
        var isShown = wereSame && ourCloses.IsSubsetOf(nginxCloses);
        return AreSameButForChance && !isShown && count < (wereSame ? MostUntilClosed : MostUntilSame);
    }

    public void AssertAreSame()
    {
        if (!wereSame || !AreSameButForChance)
            Assert.Equal(last.Nginx, last.Ours);
        Assert.True(
            ourCloses.IsSubsetOf(nginxCloses),
            $"in {count} visits nginx closed with {Text(nginxCloses)}, and we with {Text(ourCloses)}:\n{last.Ours}");
    }

    private static string Text(IEnumerable<string> closes) => string.Join(" or ", closes);

    private static string ClosesIn(string story) => string.Join(" and ", Closes().Matches(story).Select(static match => match.Value));

    private static string WithoutChance(string story) => Segments().Replace(Closes().Replace(story, "closed"), "in segments");

    [GeneratedRegex(@"\b(FIN|RST)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Closes();

    [GeneratedRegex("in [0-9]+ segments", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Segments();
}
