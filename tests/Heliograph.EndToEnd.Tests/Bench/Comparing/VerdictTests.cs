using Heliograph.Compare;
using Heliograph.Compare.Measuring;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>What is made of the samples of some rounds.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void The_noise_of_a_ratio_is_the_lowest_and_the_highest_within_one_round()
    {
        // The second round was slow for both; a ratio across rounds would be noise of the machine.
        var spread = Spread.Of(
            [.. Round(1, own: 1.0, nginx: 2.0), .. Round(2, own: 3.0, nginx: 5.0), .. Round(3, own: 1.0, nginx: 2.5)], PeerNames.Nginx)!;

        Assert.Equal((0.4, 0.6), (spread.Low, spread.High));
        Assert.True(spread.Contains(0.5));
        Assert.False(spread.Contains(0.39));
        Assert.False(spread.Contains(0.61));
    }

    [Fact]
    public void Without_a_round_of_both_or_with_nothing_to_divide_by_there_is_no_noise()
    {
        Assert.Null(Spread.Of([Sample(1, PeerNames.Heliograph, 1), Sample(2, PeerNames.Nginx, 1)], PeerNames.Nginx));
        Assert.Null(Spread.Of(Round(1, own: 1, nginx: 0), PeerNames.Nginx));
        Assert.Null(Spread.Of(Round(1, own: 1, nginx: -3), PeerNames.Nginx));
    }

    [Fact]
    public void What_is_counted_is_judged_by_its_smallest_value_and_a_difference_by_its_median()
    {
        Sample[] samples = [.. Round(1, own: 1, nginx: 4), .. Round(2, own: 9, nginx: 5), .. Round(3, own: 2, nginx: 6)];

        Assert.Equal((1, 4), Values(Figure.Messages with { Name = "figure" }));
        Assert.Equal((2, 5), Values(Figure.LatencyTail with { Name = "figure" }));

        (double, double) Values(Figure figure)
        {
            var best = Assert.Single(Verdict.JudgeFigures([figure], samples)).Best;
            return (best[PeerNames.Heliograph], best[PeerNames.Nginx]);
        }
    }

    [Theory]
    [InlineData(0.9, 0.5, 100, true)]
    [InlineData(0.9, 0.4, 100, false)]
    [InlineData(0.9, 0.5, 0.9, true)]
    [InlineData(0.9, 0.5, 0.8, false)]
    [InlineData(1.1, 0.5, 100, false)]
    public void A_figure_is_met_when_it_keeps_below_every_bar(double own, double barToNginx, double bar, bool met)
    {
        var figure = Figure.Messages with { Name = "figure", BarToNginx = barToNginx, BarToHaProxy = 0.01, Bar = bar };

        // HAProxy was not measured, and its bar says nothing then.
        Assert.Equal(met, Assert.Single(Verdict.JudgeFigures([figure], Round(1, own, nginx: 2))).Met);
    }

    [Fact]
    public void Without_a_bar_nothing_is_met_or_missed()
    {
        var figure = Figure.Messages with { Name = "figure", BarToNginx = null, BarToHaProxy = null };

        Assert.Null(Assert.Single(Verdict.JudgeFigures([figure], Round(1, own: 1, nginx: 2))).Met);
    }

    [Theory]
    [InlineData("3.0.19", 0.42, 0.60)]
    [InlineData("3.4.9", 0.42, 0.60)]
    [InlineData("3.5.4", 0.45, 0.75)]
    [InlineData("4.0.0", 0.45, 0.75)]
    [InlineData("unknown", 0.42, 0.60)]
    public void Beside_peers_on_a_newer_OpenSSL_the_bars_for_encryption_and_handshakes_are_wider(
        string openSsl, double down, double handshakes)
    {
        Assert.Equal(down, Figure.Down.BesideOpenSsl(openSsl).BarToNginx);
        Assert.Equal(down, Figure.Up.BesideOpenSsl(openSsl).BarToNginx);
        Assert.Equal(handshakes, Figure.Handshakes.BesideOpenSsl(openSsl).BarToNginx);
        Assert.Equal(Figure.RoundTrips, Figure.RoundTrips.BesideOpenSsl(openSsl));
    }

    private static Sample[] Round(int round, double own, double nginx) =>
        [Sample(round, PeerNames.Heliograph, own), Sample(round, PeerNames.Nginx, nginx)];

    private static Sample Sample(int round, string peer, double value) =>
        new() { Round = round, Peer = peer, Figure = "figure", Value = value, WallSeconds = 1, LoadCpuSeconds = 1 };
}
