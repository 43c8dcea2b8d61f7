namespace Heliograph.Cli;

/// <summary>Breaks text into lines.</summary>
internal static class WordWrap
{
    /// <summary>A narrower terminal breaks the lines itself.</summary>
    private const int Narrowest = 20;

    /// <summary>
    /// Breaks at spaces, and a word that is longer than a line after a dot or a slash in it, or else anywhere: a domain name may have 253
    /// characters.
    /// </summary>
    /// <param name="text">Words with one space between them.</param>
    /// <param name="width">What fits on a line.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        width = Math.Max(width, Narrowest);
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length <= width)
            {
                line += " " + word;
                continue;
            }
            if (line.Length > 0)
                yield return line;
            line = word;
            while (line.Length > width)
            {
                var length = line.AsSpan(0, width).LastIndexOfAny('.', '/') is var mark and >= 0 ? mark + 1 : width;
                yield return line[..length];
                line = line[length..];
            }
        }
        yield return line;
    }
}
