using System.Globalization;
using System.Text;
using Heliograph.Compare.Measuring;

namespace Heliograph.Compare.History;

/// <summary>What has changed since a release: the ratios then and now, and whether the noise of this run explains the difference.</summary>
internal static class SinceRelease
{
    public const string NoRelease = "bench/history has no release yet, so there is nothing to compare these figures with.";

    public static string Table(Release? last, IEnumerable<Verdict> verdicts, int rounds)
    {
        if (last is null)
            return NoRelease + Environment.NewLine;
        var table = new StringBuilder()
            .AppendLine($"Since {last.Version}, measured on {last.Date} on {last.Processor}:")
            .AppendLine()
            .AppendLine($"| | to | {last.Version} | now | |")
            .AppendLine("|---|---|---:|---:|---|");
        foreach (var verdict in verdicts)
        {
            foreach (var peer in PeerNames.Others)
            {
                if (verdict.RatioTo(peer) is not { } now)
                    continue;
                double? then = last.Ratios.TryGetValue(verdict.Figure.Name, out var ratios) && ratios.TryGetValue(peer, out var ratio)
                    ? ratio
                    : null;
                table.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {verdict.Figure} | {peer} | {then?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–"} | {now:0.00} | " +
                    $"{Change(then, now, rounds > 1 ? verdict.Spreads[peer] : null)} |");
            }
        }

        return table.ToString();
    }

    private static string Change(double? then, double now, Spread? noise) =>
        then is null ? "new"
        : noise is null ? "one round: the noise is not known"
        : noise.Contains(then.Value) ? "within the noise"
        : now < then ? "better"
        : "worse";
}
