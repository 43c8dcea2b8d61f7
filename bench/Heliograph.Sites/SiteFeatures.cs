using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Heliograph.Web.Sites;

namespace Heliograph.Sites;

/// <summary>What a censor who collects sites would keep of each.</summary>
internal sealed partial record SiteFeatures
{
    /// <summary>A shorter sentence may be anybody's.</summary>
    public const int LongSentence = 40;

    /// <summary>The words of a run.</summary>
    public const int RunLength = 8;

    /// <summary>Small letters, without what is not a letter.</summary>
    public required IReadOnlySet<string> Sentences { get; init; }

    /// <summary>Eight words in a row, anywhere.</summary>
    public required IReadOnlySet<string> Runs { get; init; }

    /// <summary>The tree of the first page: elements without text, a row of equal ones counted once.</summary>
    public required string Skeleton { get; init; }

    /// <summary>-1 if it has none.</summary>
    public required long IconLength { get; init; }

    public required string? IconHash { get; init; }

    /// <summary>The picture's elements and their attributes' names, a row of equal ones counted once; null if it has none.</summary>
    public required string? Picture { get; init; }

    public required IReadOnlySet<long> Times { get; init; }

    public required DateTimeOffset Newest { get; init; }

    public static SiteFeatures Of(IReadOnlyList<MemoryFile> files)
    {
        var pages = files.Where(static file => file.Path.EndsWith(".html", StringComparison.Ordinal)).Select(Text).ToList();
        var texts = pages.SelectMany(static page => Block().Split(Style().Replace(page, "")))
            .Select(static text => Tag().Replace(text, " ")).ToList();
        // The icon is what a page links to, or /favicon.ico: the smaller of two drawings.
        var icon = files.FirstOrDefault(static file => file.Path == "/favicon.ico")
            ?? files.FirstOrDefault(file => Text(files[0]).Contains($"rel=\"icon\" href=\"{file.Path}\"", StringComparison.Ordinal));
        var picture = files.FirstOrDefault(file => file.Path.EndsWith(".svg", StringComparison.Ordinal) && file != icon);
        return new()
        {
            Sentences = texts.SelectMany(static text => SentenceEnd().Split(text)).Select(Plain)
                .Where(static sentence => sentence.Length >= LongSentence).ToHashSet(StringComparer.Ordinal),
            Runs = texts.SelectMany(RunsOf).ToHashSet(StringComparer.Ordinal),
            Skeleton = Collapse(
                Tag().Matches(Style().Replace(Text(files[0]), "")).Select(static tag => ElementName().Match(tag.Value).Value)),
            IconLength = icon?.Content.Length ?? -1,
            IconHash = icon is null ? null : Convert.ToHexString(SHA256.HashData(icon.Content)),
            Picture = picture is null ? null : Collapse(Tag().Matches(Text(picture)).Select(static tag => Value().Replace(tag.Value, ""))),
            Times = files.Select(static file => file.LastModified.ToUnixTimeSeconds()).ToHashSet(),
            Newest = files.Max(static file => file.LastModified),
        };
    }

    private static string Text(MemoryFile file) => Encoding.UTF8.GetString(file.Content);

    private static IEnumerable<string> RunsOf(string text)
    {
        var words = Plain(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + RunLength <= words.Length; i++)
            yield return string.Join(' ', words[i..(i + RunLength)]);
    }

    private static string Plain(string text) =>
        Space().Replace(string.Concat(text.Select(static letter => char.IsLetter(letter) ? char.ToLowerInvariant(letter) : ' ')), " ")
            .Trim();

    /// <summary>Without repetitions of up to twelve elements: the number of entries and paragraphs says nothing.</summary>
    private static string Collapse(IEnumerable<string> elements)
    {
        var kept = new List<string>();
        foreach (var element in elements)
        {
            kept.Add(element);
            for (var length = 1; length <= 12 && 2 * length <= kept.Count; length++)
            {
                if (!kept[^length..].SequenceEqual(kept[^(2 * length)..^length], StringComparer.Ordinal))
                    continue;
                kept.RemoveRange(kept.Count - length, length);
                break;
            }
        }
        return string.Join(' ', kept);
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 5000)]
    private static partial Regex Tag();

    [GeneratedRegex("^</?[a-z0-9]+", RegexOptions.None, 5000)]
    private static partial Regex ElementName();

    [GeneratedRegex("=\"[^\"]*\"", RegexOptions.None, 5000)]
    private static partial Regex Value();

    [GeneratedRegex("</(p|li|h1|h2|h3|dd|title|div|span|time)>", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Block();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline, 5000)]
    private static partial Regex Style();

    [GeneratedRegex("[.!?:;]", RegexOptions.None, 5000)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(" +", RegexOptions.None, 5000)]
    private static partial Regex Space();
}
