using System.Globalization;
using System.Text;

namespace Heliograph.Checking;

/// <summary>What a server, or a certificate of its, says of itself: made fit to stand on a terminal.</summary>
internal static class Untrusted
{
    public const int UsualLength = 80;

    /// <summary>
    /// One line without anything that a terminal would obey or that would turn the direction of writing, and not longer than is good for a
    /// table.
    /// </summary>
    public static string Line(string text, int longest = UsualLength)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= longest)
                return line.Append("...").ToString();
            line.Append(IsShown(rune) ? rune.ToString() : "?");
        }
        return line.ToString();
    }

    /// <summary>The same for bytes of a protocol that is written in ASCII.</summary>
    public static string Line(ReadOnlySpan<byte> bytes, int longest = UsualLength) => Line(Encoding.Latin1.GetString(bytes), longest);

    private static bool IsShown(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
        && rune != Rune.ReplacementChar;
}
