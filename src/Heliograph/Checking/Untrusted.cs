using System.Globalization;
using System.Text;

namespace Heliograph.Checking;

/// <summary>What a server or its certificate says about itself, made safe to show on a terminal.</summary>
internal static class Untrusted
{
    public const int UsualLength = 80;

    /// <summary>
    /// One line without anything that a terminal would obey or that would change the direction of writing, short enough for a table.
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

    /// <summary>The same for the bytes of a text protocol in ASCII.</summary>
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
