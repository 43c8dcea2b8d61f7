using System.Security.Cryptography;
using Heliograph.Web.Sites.BuiltIn;

namespace Heliograph.Sites;

/// <summary>How many of the unseen sites are recognized by a feature, from the known ones.</summary>
internal sealed record Share(string Feature, int Recognized, int Of)
{
    public double Percent => 100.0 * Recognized / Of;
}

/// <summary>A censor who knows some built-in sites looks at others.</summary>
internal static class Clustering
{
    /// <summary>How many sentences, or runs of words, a site must share with known ones.</summary>
    public const int Shared = 3;

    // An installation's certificate is younger than this.
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(90);

    /// <param name="known">How many sites the censor knows.</param>
    /// <param name="unseen">How many it looks at.</param>
    /// <param name="number">The seed of the bench.</param>
    /// <param name="languages">Of each site one is drawn.</param>
    public static IReadOnlyList<Share> Measure(int known, int unseen, int number, IReadOnlyList<string> languages)
    {
        var now = new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var sites = Enumerable.Range(0, known + unseen).Select(i => Draw(number, i, languages, now)).ToList();
        var (seen, others) = (sites[..known], sites[known..]);
        var sentences = seen.SelectMany(static site => site.Features.Sentences).ToHashSet(StringComparer.Ordinal);
        var runs = seen.SelectMany(static site => site.Features.Runs).ToHashSet(StringComparer.Ordinal);
        var skeletons = seen.Select(static site => site.Features.Skeleton).ToHashSet(StringComparer.Ordinal);
        var lengths = seen.Select(static site => site.Features.IconLength).Where(static length => length >= 0).ToHashSet();
        var icons = seen.Select(static site => site.Features.IconHash).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var pictures = seen.Select(static site => site.Features.Picture).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var times = seen.SelectMany(static site => site.Features.Times).ToHashSet();
        (string Name, Func<(SiteFeatures Features, DateTimeOffset Installed), bool> Tells)[] features =
        [
            ($"{Shared} long sentences", site => site.Features.Sentences.Count(sentences.Contains) >= Shared),
            ($"{Shared} runs of {SiteFeatures.RunLength} words", site => site.Features.Runs.Count(runs.Contains) >= Shared),
            ("skeleton of the first page", site => skeletons.Contains(site.Features.Skeleton)),
            ("favicon's length", site => lengths.Contains(site.Features.IconLength)),
            ("favicon's hash", site => site.Features.IconHash is { } hash && icons.Contains(hash)),
            ("structure of the picture", site => site.Features.Picture is { } picture && pictures.Contains(picture)),
            ("a file's time", site => site.Features.Times.Overlaps(times)),
            ("newest file older than the certificate", site =>
                site.Features.Newest < site.Installed && site.Installed - site.Features.Newest > CertificateLifetime),
        ];
        return
        [
            .. features.Select(feature => new Share(feature.Name, others.Count(site => feature.Tells(site)), unseen)),
            new("any of these", others.Count(site => features.Any(feature => feature.Tells(site))), unseen),
        ];
    }

    private static (SiteFeatures Features, DateTimeOffset Installed) Draw(
        int number, int index, IReadOnlyList<string> languages, DateTimeOffset now)
    {
        var random = SHA256.HashData([.. BitConverter.GetBytes(number), .. BitConverter.GetBytes(index)]);
        var choice = new SeededChoice(random, "bench");
        var installed = now.AddDays(-choice.Below(400));
        var files = BuiltInSite.Files(new(random, DateOnly.FromDateTime(installed.UtcDateTime)), choice.Pick(languages), now);
        return (SiteFeatures.Of(files), installed);
    }
}
