namespace Heliograph.Compare.Measuring;

/// <summary>One row of the table, with the best value of each proxy and whether heliograph stays below its bars.</summary>
internal sealed record Verdict
{
    public required Figure Figure { get; init; }

    /// <summary>The smallest value of each proxy: noise can only add to it.</summary>
    public required IReadOnlyDictionary<string, double> Best { get; init; }

    public double? RatioToNginx => Ratio(PeerNames.Nginx);

    public double? RatioToHaProxy => Ratio(PeerNames.HaProxy);

    /// <summary>Null if there is nothing to compare.</summary>
    public bool? Met => RatioToNginx is null && RatioToHaProxy is null
        ? null
        : (RatioToNginx ?? 0) <= Figure.BarToNginx && (RatioToHaProxy ?? 0) <= Figure.BarToHaProxy;

    public static IReadOnlyList<Verdict> JudgeFigures(ComparisonOptions options, IReadOnlyCollection<Sample> samples) =>
        [.. options.Figures.Select(figure => new Verdict
        {
            Figure = figure,
            Best = samples.Where(sample => sample.Figure == figure.Name)
                .GroupBy(sample => sample.Peer, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Min(sample => sample.Value), StringComparer.Ordinal),
        })];

    private double? Ratio(string peer) =>
        Best.TryGetValue(PeerNames.Heliograph, out var own) && Best.TryGetValue(peer, out var other) && other > 0 ? own / other : null;
}
