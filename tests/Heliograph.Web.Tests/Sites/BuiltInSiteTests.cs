using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Heliograph.Web.Sites;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Web.Tests.Sites;

public sealed partial class BuiltInSiteTests
{
    private const int Seeds = 120;

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var (first, second) = (BuiltInSite.Files(Seed(7)), BuiltInSite.Files(Seed(7)));
        Assert.Equal(first.Select(file => (file.Path, file.LastModified)), second.Select(file => (file.Path, file.LastModified)));
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First.Content, pair.Second.Content));
    }

    /// <summary>A page that changes after an upgrade would reveal the upgrade to an observer, so it must not happen by accident.</summary>
    [Fact]
    public void A_seed_gives_the_bytes_it_has_always_given()
    {
        var all = Enumerable
            .Range(0, 10)
            .SelectMany(i => BuiltInSite.Files(Seed(i)))
            .SelectMany(file => (byte[])[.. Encoding.UTF8.GetBytes(file.Path), .. file.Content]);
        Assert.Equal("b5718c88", Convert.ToHexStringLower(SHA256.HashData(all.ToArray()))[..8]);
    }

    [Fact]
    public void No_two_seeds_share_a_file()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < Seeds; i++)
        {
            foreach (var file in BuiltInSite.Files(Seed(i)))
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
        var sites = Enumerable.Range(0, Seeds).Select(i => BuiltInSite.Files(Seed(i))).ToList();
        Assert.True(
            sites.Select(files => string.Join(' ', files.Select(file => file.Path))).Distinct(StringComparer.Ordinal).Count()
                > Seeds * 9 / 10);
        Assert.True(
            sites.Select(files => files.Single(file => file.Path == "/index.html").LastModified).Distinct().Count() > Seeds * 9 / 10);
    }

    [Fact]
    public void Every_page_is_well_formed_and_every_link_has_its_target_on_the_site()
    {
        for (var i = 0; i < Seeds; i++)
        {
            var files = BuiltInSite.Files(Seed(i));
            Assert.Equal(files.Count, files.Select(file => file.Path).Distinct(StringComparer.Ordinal).Count());
            var site = new MemorySite(files);
            foreach (var page in files.Where(file => file.Path.EndsWith(".html", StringComparison.Ordinal)))
            {
                var html = Encoding.UTF8.GetString(page.Content);
                Assert.DoesNotContain("{", html, StringComparison.Ordinal);
                // With its void elements closed and its entities resolved, it is XML: every tag is closed and every attribute quoted.
                var xml = VoidElement()
                    .Replace(html["<!DOCTYPE html>".Length..], "$0</${name}>")
                    .Replace("&copy;", "", StringComparison.Ordinal)
                    .Replace("&ndash;", "", StringComparison.Ordinal)
                    .Replace("&rarr;", "", StringComparison.Ordinal);
                var document = XDocument.Parse(xml);
                Assert.Single(document.Descendants("h1"));
                Assert.NotEmpty(document.Descendants("title").Single().Value);
                foreach (
                    var link in document
                        .Descendants()
                        .SelectMany(element => element.Attributes())
                        .Where(attribute => attribute.Name == "href" || attribute.Name == "src"))
                {
                    var target = link.Value.EndsWith('/') ? link.Value + "index.html" : link.Value;
                    Assert.True(site.Find(target).Kind == SiteEntryKind.File, $"{page.Path} of seed {i} links to {link.Value}");
                }
            }
        }
    }

    [Fact]
    public void Nothing_on_the_site_comes_from_elsewhere_or_is_from_the_future()
    {
        for (var i = 0; i < Seeds; i++)
        {
            foreach (var file in BuiltInSite.Files(Seed(i)))
            {
                Assert.InRange(
                    file.LastModified,
                    new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    new DateTimeOffset(2025, 12, 1, 0, 0, 0, TimeSpan.Zero));
                var text = Encoding.UTF8.GetString(file.Content).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
                Assert.DoesNotContain("//", text.Replace("<!--", "", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.DoesNotContain("eliograph", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void All_kinds_and_arrangements_occur()
    {
        var journals = Enumerable
            .Range(0, Seeds)
            .Select(i =>
                BuiltInSite
                    .Files(Seed(i))
                    .Select(file => file.Path)
                    .First(path => path.EndsWith("/index.html", StringComparison.Ordinal) && path != "/index.html"));
        Assert.True(journals.Distinct(StringComparer.Ordinal).Count() >= 12);
    }

    private static byte[] Seed(int number) => SHA256.HashData(BitConverter.GetBytes(number));

    [GeneratedRegex("<(?<name>meta|link|img)[^>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex VoidElement();
}
