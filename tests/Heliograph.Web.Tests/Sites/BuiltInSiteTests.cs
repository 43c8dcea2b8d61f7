using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Heliograph.Sites;
using Heliograph.Web.Sites;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Web.Tests.Sites;

public sealed partial class BuiltInSiteTests
{
    private const int Seeds = 120;

    private static readonly DateOnly Installed = new(2026, 9, 1);
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var (first, second) = (Files(7), Files(7));
        Assert.Equal(first.Select(file => (file.Path, file.LastModified)), second.Select(file => (file.Path, file.LastModified)));
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First.Content, pair.Second.Content));
    }

    /// <summary>A page that changes after an upgrade would reveal the upgrade to an observer, so it must not happen by accident.</summary>
    [Fact]
    public void A_seed_gives_the_bytes_it_has_always_given()
    {
        var all = Enumerable
            .Range(0, 10)
            .SelectMany(i => Files(i))
            .SelectMany(file => (byte[])[.. Encoding.UTF8.GetBytes(file.Path), .. file.Content]);
        Assert.Equal("e46f3ca3", Convert.ToHexStringLower(SHA256.HashData(all.ToArray()))[..8]);
    }

    [Fact]
    public void No_two_seeds_share_a_file()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < Seeds; i++)
        {
            foreach (var file in Files(i))
            {
                var hash = Convert.ToHexString(SHA256.HashData(file.Content));
                Assert.False(seen.TryGetValue(hash, out var other), $"{file.Path} of seed {i} is {other}");
                seen.Add(hash, $"{file.Path} of seed {i}");
            }
        }
    }

    [Fact]
    public void Seeds_differ_in_their_paths_and_dates_too()
    {
        var sites = Enumerable.Range(0, Seeds).Select(i => Files(i)).ToList();
        Assert.True(
            sites.Select(files => string.Join(' ', files.Select(file => file.Path))).Distinct(StringComparer.Ordinal).Count()
                > Seeds * 9 / 10);
        Assert.True(
            sites.Select(files => files.Single(file => file.Path == "/index.html").LastModified).Distinct().Count() > Seeds * 9 / 10);
    }

    [Fact]
    public async Task Every_page_is_well_formed_and_every_link_has_its_target_on_the_site()
    {
        for (var i = 0; i < Seeds; i++)
        {
            var files = Files(i);
            Assert.Equal(files.Count, files.Select(file => file.Path).Distinct(StringComparer.Ordinal).Count());
            var site = new MemorySite(files);
            foreach (var page in files.Where(file => file.Path.EndsWith(".html", StringComparison.Ordinal)))
            {
                var html = Style().Replace(Encoding.UTF8.GetString(page.Content), "");
                Assert.DoesNotContain("{", html, StringComparison.Ordinal);
                Assert.DoesNotContain("[", html, StringComparison.Ordinal);
                // With its void elements closed and its entities resolved, it is XML: every tag is closed and every attribute quoted.
                var xml = VoidElement()
                    .Replace(html["<!DOCTYPE html>".Length..], "$0</${name}>")
                    .Replace("&copy;", "", StringComparison.Ordinal)
                    .Replace("&ndash;", "", StringComparison.Ordinal)
                    .Replace("&middot;", "", StringComparison.Ordinal)
                    .Replace("&bull;", "", StringComparison.Ordinal);
                var document = XDocument.Parse(xml);
                Assert.Single(document.Descendants("h1"));
                Assert.NotEmpty(document.Descendants("title").Single().Value);
                foreach (
                    var link in document
                        .Descendants()
                        .SelectMany(element => element.Attributes())
                        .Where(attribute => attribute.Name == "href" || attribute.Name == "src"))
                {
                    var path = link.Value.Split('#')[0];
                    var target = path.EndsWith('/') ? path + "index.html" : path;
                    var found = await site.FindAsync(target);
                    Assert.True(found.Kind == SiteEntryKind.File, $"{page.Path} of seed {i} links to {link.Value}");
                }
            }
        }
    }

    [Fact]
    public void No_sentence_has_two_marks_in_a_row_and_no_menu_of_one_link_a_line_has_marks_between_them()
    {
        for (var i = 0; i < Seeds; i++)
        {
            var files = Files(i);
            var isBeside = files.Any(
                static file => Encoding.UTF8.GetString(file.Content).Contains("rem minmax(0, 1fr)", StringComparison.Ordinal));
            foreach (var file in files.Where(static file => file.Path.EndsWith(".html", StringComparison.Ordinal)))
            {
                var html = Encoding.UTF8.GetString(file.Content);
                Assert.DoesNotMatch(DoubledMarks(), Entity().Replace(Style().Replace(html, ""), ""));
                if (isBeside)
                    Assert.DoesNotMatch(SeparatedLinks(), html[..html.IndexOf("<h1>", StringComparison.Ordinal)]);
            }
        }
    }

    [Fact]
    public void Nothing_on_the_site_comes_from_elsewhere_or_is_from_the_future()
    {
        for (var i = 0; i < Seeds; i++)
        {
            foreach (var file in Files(i))
            {
                Assert.InRange(
                    file.LastModified,
                    new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero), Now);
                var text = Encoding.UTF8.GetString(file.Content).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
                Assert.DoesNotContain("//", text.Replace("<!--", "", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.DoesNotContain("eliograph", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void All_languages_and_many_arrangements_occur()
    {
        var fronts = Enumerable.Range(0, Seeds).Select(i => Encoding.UTF8.GetString(Files(i)[0].Content)).ToList();
        foreach (var language in DecoySite.Languages)
            Assert.Contains(fronts, front => front.Contains($"<html lang=\"{language}", StringComparison.Ordinal));
        Assert.True(
            Enumerable.Range(0, Seeds).Select(i => SiteFeatures.Of(Files(i)).Skeleton).Distinct(StringComparer.Ordinal).Count()
                > Seeds * 9 / 10);
    }

    [Fact]
    public void As_time_passes_entries_are_added_and_what_changes_gets_a_new_time()
    {
        for (var i = 0; i < Seeds / 4; i++)
        {
            var (before, after) = (Files(i), Files(i, Now.AddDays(60)));
            Assert.True(after.Max(static file => file.LastModified) > before.Max(static file => file.LastModified));
            Assert.InRange(after.Max(static file => file.LastModified), Now, Now.AddDays(60));
            foreach (var (old, now) in before.Join(
                after, static file => file.Path, static file => file.Path, static (old, now) => (old, now)))
                Assert.True(
                    old.Content.AsSpan().SequenceEqual(now.Content) || now.LastModified > old.LastModified,
                    $"{now.Path} of seed {i} changed, and its time did not");
        }
    }

    [Fact]
    public void The_newest_file_is_from_about_the_installation_and_years_do_not_make_the_site_large()
    {
        for (var i = 0; i < Seeds / 4; i++)
        {
            var (fresh, old) = (Files(i, new(Installed, TimeOnly.MinValue, TimeSpan.Zero)), Files(i, Now.AddYears(12)));
            Assert.InRange(
                (new DateTimeOffset(Installed, TimeOnly.MinValue, TimeSpan.Zero) - fresh.Max(static file => file.LastModified)).TotalDays,
                -1, 10);
            Assert.InRange(old.Sum(static file => file.Content.Length), 10_000, 400_000);
        }
    }

    /// <summary>Where all are in one language, the known sites have more in common with the others than where there are five.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_unseen_sites_less_than_a_fifth_share_three_long_sentences_with_known_ones_and_no_other_feature_tells_more(bool inEnglish)
    {
        foreach (var share in Clustering.Measure(18, 60, 1, inEnglish ? ["en"] : DecoySite.Languages)
            .Where(static share => !share.Feature.Contains("words", StringComparison.Ordinal)
            && share.Feature != "any of these"))
            Assert.True(share.Percent < 20, $"{share.Feature} recognizes {share.Percent} %");
    }

    private static IReadOnlyList<MemoryFile> Files(int seed) => Files(seed, Now);

    private static IReadOnlyList<MemoryFile> Files(int seed, DateTimeOffset now) => BuiltInSite.Files(
        new(SHA256.HashData(BitConverter.GetBytes(seed)), Installed), DecoySite.Languages[seed % DecoySite.Languages.Count], now);

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Style();

    [GeneratedRegex("<(?<name>meta|link|img|hr)[^>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex VoidElement();

    [GeneratedRegex("&#?[a-z0-9]+;", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Entity();

    [GeneratedRegex("[,;:][,;:.!?]|[!?]\\.", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex DoubledMarks();

    [GeneratedRegex(@"</a>\s*(\||&middot;|/|&bull;)\s*<a", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SeparatedLinks();
}
