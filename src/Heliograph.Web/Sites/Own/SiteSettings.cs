using System.Globalization;

namespace Heliograph.Web.Sites.Own;

/// <summary>What <c>site.txt</c> says: a line <c>name: value</c> for each.</summary>
internal sealed record SiteSettings
{
    public const string FileName = "site.txt";

    public const int LongestValue = 200;

    public string Title { get; init; } = "";

    public string Tagline { get; init; } = "";

    public string Author { get; init; } = "";

    /// <summary>As HTML has it: en, de-AT.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The title of the page with the dated notes.</summary>
    public string Notes { get; init; } = "Notes";

    /// <summary>Colours, type and arrangement follow from it.</summary>
    public int Look { get; init; }

    /// <exception cref="SiteFolderException">A line is none of these.</exception>
    public static SiteSettings Read(string text)
    {
        var settings = new SiteSettings();
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.Trim() is not { Length: > 0 } given || given[0] == '#')
                continue;
            var colon = given.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (given, "") : (given[..colon].Trim(), given[(colon + 1)..].Trim());
            if (value.Length > LongestValue)
                throw Wrong(index, $"{name} is longer than {LongestValue} characters");
            settings = name switch
            {
                _ when colon < 0 => throw Wrong(index, $"\"{Shown(given)}\" has no colon"),
                "title" => settings with { Title = value },
                "tagline" => settings with { Tagline = value },
                "author" => settings with { Author = value },
                "language" when value.Length is > 1 and < 12 && value.All(static letter => char.IsAsciiLetter(letter) || letter == '-') =>
                    settings with { Language = value },
                "language" => throw Wrong(index, $"\"{Shown(value)}\" is no language; allowed: two letters such as en, de or pl"),
                "notes" => settings with { Notes = value },
                "look" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var look) =>
                    settings with { Look = look },
                "look" => throw Wrong(index, $"\"{Shown(value)}\" is no number; any whole number gives a look of its own"),
                _ => throw Wrong(index, $"there is no setting \"{Shown(name)}\"; allowed: title, tagline, author, language, notes, look"),
            };
        }
        return settings.Title.Length > 0 ? settings
            : throw new SiteFolderException($"{FileName} has no title; write a line such as \"title: Bees on Mill Lane\"");
    }

    private static string Shown(string text) =>
        string.Concat((text.Length > 40 ? text[..40] : text).Select(static letter => char.IsControl(letter) ? '?' : letter));

    private static SiteFolderException Wrong(int index, string problem) => new($"{FileName}, line {index + 1}: {problem}");
}
