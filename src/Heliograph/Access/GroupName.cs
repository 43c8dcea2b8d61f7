namespace Heliograph.Access;

/// <summary>What an operator calls a group of people.</summary>
internal static class GroupName
{
    public const string Allowed = "1 to 32 of the letters a to z, digits, - and _, such as family";

    private const int Longest = 32;

    public static string? Parse(string text, out string name)
    {
        name = text;
        return text.Length == 0 ? "the name is empty"
            : text.Length > Longest ? $"longer than {Longest} characters"
            : text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_') && text[0] is not '-' ? null
            : "has characters that no group's name may have";
    }
}
