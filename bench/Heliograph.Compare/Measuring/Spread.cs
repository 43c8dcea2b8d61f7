namespace Heliograph.Compare.Measuring;

/// <summary>
/// The lowest and the highest of the ratios that heliograph and a peer had within one round, when they took turns. It is the noise of a
/// ratio: two ratios that lie within each other's spread do not differ.
/// </summary>
internal sealed record Spread(double Low, double High)
{
    /// <summary>Null if no round has both, or a peer's value is nothing to compare with.</summary>
    public static Spread? Of(IEnumerable<Sample> samples, string peer)
    {
        var ratios = samples
            .GroupBy(static sample => sample.Round)
            .Select(round => (
                Own: round.FirstOrDefault(static sample => sample.Peer == PeerNames.Heliograph)?.Value,
                Other: round.FirstOrDefault(sample => sample.Peer == peer)?.Value))
            .Where(static pair => pair is { Own: not null, Other: > 0 })
            .Select(static pair => pair.Own!.Value / pair.Other!.Value)
            .ToList();
        return ratios.Count == 0 ? null : new Spread(ratios.Min(), ratios.Max());
    }

    public bool Contains(double ratio) => ratio >= Low && ratio <= High;
}
