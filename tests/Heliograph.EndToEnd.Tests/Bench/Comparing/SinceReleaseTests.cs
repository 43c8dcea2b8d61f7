using Heliograph.Compare;
using Heliograph.Compare.History;
using Heliograph.Compare.Measuring;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>The comparison with the last release.</summary>
public sealed class SinceReleaseTests
{
    [Fact]
    public void Without_a_release_it_says_so()
    {
        using var empty = new TempDirectory();

        Assert.Null(Release.Last(empty.Path));
        Assert.Null(Release.Last(empty["missing"]));
        Assert.Equal(
            "bench/history has no release yet, so there is nothing to compare these figures with.\n",
            SinceRelease.Table(null, [], rounds: 5));
    }

    [Theory]
    [InlineData("0.9.0", "0.10.0", "0.2.0")]
    [InlineData("0.10.0-rc.1", "0.10.0", "0.9.0")]
    [InlineData("0.10.0-alpha.1", "0.10.0-beta.1", "0.9.9")]
    public void The_last_release_is_the_one_with_the_highest_version(params string[] versions)
    {
        using var directory = new TempDirectory();
        foreach (var version in versions)
            File.WriteAllText(directory[version + ".json"], Json(0.5));

        Assert.Equal(versions[1], Release.Last(directory.Path)!.Version);
    }

    [Fact]
    public void A_file_that_is_no_comparison_is_named()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["0.1.0.json"], "{ \"date\": 1 }");

        var failure = Assert.Throws<CompareException>(() => Release.Last(directory.Path));

        Assert.StartsWith(directory["0.1.0.json"] + " is not a file that --json writes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.50, 2, "within the noise")]
    [InlineData(0.62, 2, "better")]
    [InlineData(0.38, 2, "worse")]
    [InlineData(0.62, 1, "one round: the noise is not known")]
    public void A_ratio_has_changed_only_if_that_of_the_release_lies_outside_of_the_noise(double then, int rounds, string change)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["0.1.0.json"], Json(then));

        var table = SinceRelease.Table(Release.Last(directory.Path), Verdicts(), rounds);

        Assert.StartsWith("Since 0.1.0, measured on 2026-11-28 on Some Processor:\n", table, StringComparison.Ordinal);
        Assert.Contains($"| down | nginx | {then:0.00} | 0.40 | {change} |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_the_release_did_not_have_is_new()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["0.1.0.json"], Json(0.5).Replace("\"down\"", "\"up\"", StringComparison.Ordinal));

        Assert.Contains(
            "| down | nginx | – | 0.40 | new |", SinceRelease.Table(Release.Last(directory.Path), Verdicts(), rounds: 2),
            StringComparison.Ordinal);
    }

    /// <summary>0.40 in one round and 0.60 in the other.</summary>
    private static IReadOnlyList<Verdict> Verdicts() => Verdict.JudgeFigures(
        [Figure.Down],
        [
            Sample(1, PeerNames.Heliograph, 2), Sample(1, PeerNames.Nginx, 5),
            Sample(2, PeerNames.Heliograph, 3), Sample(2, PeerNames.Nginx, 5),
        ]);

    private static Sample Sample(int round, string peer, double value) =>
        new() { Round = round, Peer = peer, Figure = "down", Value = value, WallSeconds = 1, LoadCpuSeconds = 1 };

    private static string Json(double ratio) => $$"""
        {
          "date": "2026-11-28",
          "machine": { "processor": "Some Processor" },
          "figures": [ { "name": "down", "ratios": { "nginx": {{ratio.ToString(System.Globalization.CultureInfo.InvariantCulture)}} } } ]
        }
        """;
}
