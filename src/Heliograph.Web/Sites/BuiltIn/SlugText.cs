using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>A title as part of a path: small Latin letters, digits and hyphens.</summary>
internal static class SlugText
{
    public const int Longest = 60;

    // The program runs without the data of cultures, so no normalization takes accents off.
    private const string Accented = "àáâãåąçćčèéêëęěìíîïłñńňòóôõøřśšùúûůýźżž";
    private const string Plain = "aaaaaaccceeeeeeiiiilnnnooooorssuuuuyzzz";

    public static string Write(string title)
    {
        var slug = new StringBuilder(title.Length);
        foreach (var letter in title.ToLowerInvariant())
        {
            var at = Accented.IndexOf(letter, StringComparison.Ordinal);
            var plain = letter switch
            {
                'ä' => "ae",
                'ö' => "oe",
                'ü' => "ue",
                'ß' => "ss",
                'æ' => "ae",
                'œ' => "oe",
                _ when at >= 0 => Plain[at].ToString(),
                _ when char.IsAsciiLetterOrDigit(letter) => letter.ToString(),
                _ => "-",
            };
            if (plain != "-" || (slug.Length > 0 && slug[^1] != '-'))
                slug.Append(plain);
            if (slug.Length >= Longest)
                break;
        }
        return slug.ToString().Trim('-');
    }
}
