using System.Globalization;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The words that a layout adds to the content, in the site's language.</summary>
internal sealed record LayoutWords
{
    /// <summary>For the <c>lang</c> attribute.</summary>
    public required string Language { get; init; }

    public required string Home { get; init; }

    /// <summary>What leads to the whole entry.</summary>
    public required string More { get; init; }

    /// <summary>What leads to all entries.</summary>
    public required string All { get; init; }

    public required string Author { get; init; }

    /// <summary>As HTML.</summary>
    public required string Footer { get; init; }

    /// <summary>How a date is written.</summary>
    public required Func<DateTimeOffset, string> Date { get; init; }

    public static LayoutWords Choose(SeededChoice choice, SiteLanguage language, Grammar grammar, SiteContent content)
    {
        var format = choice.Pick(language.Dates);
        var (name, author) = (HtmlText.Escape(content.Name), HtmlText.Escape(content.Author));
        var year = content.Made.Year;
        return new()
        {
            Language = choice.Pick(language.Html),
            Home = choice.Pick(grammar["home"]),
            More = choice.Pick(grammar["more"]),
            All = choice.Pick(grammar["all"]),
            Author = content.Author,
            Footer = choice.Pick(
                (string[])
                [
                    $"&copy; {year} {name}", $"{name}, {year}", $"{author}, {year}", author, $"&copy; {author}",
                    $"{HtmlText.Escape(choice.Pick(grammar["madeby"]))} {author}", $"{name} &middot; {author}",
                    $"&copy; {year - choice.Between(1, 6)}&ndash;{year} {author}", HtmlText.Escape(choice.Pick(grammar["imprint"])),
                ]),
            Date = date =>
            {
                var open = format.IndexOf('{', StringComparison.Ordinal);
                var months = open < 0 ? "" : format[(open + 1)..format.IndexOf('}', StringComparison.Ordinal)];
                var whole = open < 0
                    ? format
                    : format.Replace($"{{{months}}}", $"'{grammar[months][date.Month - 1]}'", StringComparison.Ordinal);
                return date.ToString(whole, CultureInfo.InvariantCulture);
            },
        };
    }
}
