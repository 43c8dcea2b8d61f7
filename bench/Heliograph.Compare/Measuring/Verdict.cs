namespace Heliograph.Compare.Measuring;

/// <summary>One row of the table, with the value of each proxy, and whether heliograph stays below its bars.</summary>
internal sealed record Verdict
{
    public required Figure Figure { get; init; }

    /// <summary>The value of each proxy: the smallest of the rounds, or the median of a difference.</summary>
    public required IReadOnlyDictionary<string, double> Best { get; init; }

    /// <summary>The noise of the ratio to each peer.</summary>
    public required IReadOnlyDictionary<string, Spread> Spreads { get; init; }

    /// <summary>Null if nothing was measured that has a bar.</summary>
    public bool? Met
    {
        get
        {
            var bars = PeerNames.Others
                .Select(peer => (Value: RatioTo(peer), Bar: Figure.BarTo(peer)))
                .Append((Best.TryGetValue(PeerNames.Heliograph, out var own) ? own : null, Figure.Bar))
                .Where(static pair => pair is { Value: not null, Bar: not null })
                .ToList();
            return bars.Count == 0 ? null : bars.All(static pair => pair.Value <= pair.Bar);
        }
    }

    public double? RatioTo(string peer) =>
        Best.TryGetValue(PeerNames.Heliograph, out var own) && Best.TryGetValue(peer, out var other) && other > 0 ? own / other : null;

    public static IReadOnlyList<Verdict> JudgeFigures(IEnumerable<Figure> figures, IReadOnlyCollection<Sample> samples) =>
        [.. figures.Select(figure => Judge(figure, [.. samples.Where(sample => sample.Figure == figure.Name)]))];

    private static Verdict Judge(Figure figure, IReadOnlyList<Sample> samples) => new()
    {
        Figure = figure,
        Best = samples
            .GroupBy(static sample => sample.Peer, StringComparer.Ordinal)
            .ToDictionary(
                static group => group.Key,
                group => figure.IsDifference ? Median(group) : group.Min(static sample => sample.Value),
                StringComparer.Ordinal),
        Spreads = PeerNames.Others
            .Select(peer => (Peer: peer, Spread: Spread.Of(samples, peer)))
            .Where(static pair => pair.Spread is not null)
            .ToDictionary(static pair => pair.Peer, static pair => pair.Spread!, StringComparer.Ordinal),
    };

    private static double Median(IEnumerable<Sample> samples)
    {
        var sorted = samples.Select(static sample => sample.Value).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
