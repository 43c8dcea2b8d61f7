using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Heliograph.Compare.Measuring;

/// <summary>The table in Markdown, and all its data in JSON.</summary>
internal static class Report
{
    private const string None = "–";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly (string Peer, string Title)[] Peers =
        [(PeerNames.Nginx, "nginx"), (PeerNames.HaProxy, "HAProxy"), (PeerNames.CRelay, "C relay")];

    public static string Table(ComparisonOptions options, IReadOnlyList<Verdict> verdicts)
    {
        var table = new StringBuilder()
            .AppendLine("| | heliograph | nginx pair | HAProxy | C relay | to nginx | to HAProxy | to C relay | bars | met |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---|:---:|");
        foreach (var verdict in verdicts)
        {
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {verdict.Figure.Title} | {Value(verdict, PeerNames.Heliograph)} | " +
                $"{string.Join(" | ", Peers.Select(peer => Value(verdict, peer.Peer)))} | " +
                $"{string.Join(" | ", Peers.Select(peer => Ratio(verdict, peer.Peer, options.Rounds)))} | " +
                $"{Bars(verdict.Figure)} | {(options.Judged ? Met(verdict) : "not judged")} |");
        }

        return table.ToString();
    }

    public static string Table(IReadOnlyList<Scaling> scalings, ProcessorPlan processors)
    {
        var table = new StringBuilder()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"| round trips of 200 B a second | with 1 worker | with {processors.Workers} | times | processors busy |")
            .AppendLine("|---|---:|---:|---:|---:|");
        foreach (var scaling in scalings)
        {
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {scaling.Peer} | {scaling.WithOne:#,0} | {scaling.WithAll:#,0} | {scaling.Times:0.0} | {100 * scaling.Busy:0} % |");
        }

        if (processors.Workers == 8)
            table.AppendLine().AppendLine("The goal with eight workers is 7.0 times what one does.");
        return table.ToString();
    }

    public static void WriteJson(
        FileInfo file,
        ComparisonOptions options,
        Comparison comparison,
        IReadOnlyList<Verdict> verdicts,
        IReadOnlyDictionary<string, string> machine)
    {
        var everything = new
        {
            Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            machine,
            options.Rounds,
            options.Sizes,
            comparison.LatencyRate,
            comparison.Ciphers,
            Figures = verdicts.Select(verdict => new
            {
                verdict.Figure.Name,
                verdict.Figure.Title,
                verdict.Best,
                Ratios = ByPeer(verdict.RatioTo),
                verdict.Spreads,
                Bars = ByPeer(verdict.Figure.BarTo),
                verdict.Figure.Bar,
                Met = options.Judged ? verdict.Met : null,
            }),
            comparison.Scalings,
            comparison.Samples,
        };
        try
        {
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(everything, Json) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CompareException($"--json {file}: {exception.Message}");
        }
    }

    private static Dictionary<string, double> ByPeer(Func<string, double?> value) => PeerNames.Others
        .Where(peer => value(peer) is not null)
        .ToDictionary(static peer => peer, peer => value(peer)!.Value, StringComparer.Ordinal);

    private static string Value(Verdict verdict, string peer) =>
        verdict.Best.TryGetValue(peer, out var value) ? value.ToString(verdict.Figure.Format, CultureInfo.InvariantCulture) : None;

    private static string Ratio(Verdict verdict, string peer, int rounds)
    {
        if (verdict.RatioTo(peer) is not { } ratio)
            return None;
        var noise = rounds > 1 && verdict.Spreads.TryGetValue(peer, out var spread)
            ? string.Create(CultureInfo.InvariantCulture, $" ({spread.Low:0.00} to {spread.High:0.00})")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}{noise}");
    }

    private static string Bars(Figure figure)
    {
        var bars = Peers
            .Where(peer => figure.BarTo(peer.Peer) is not null)
            .Select(peer => string.Create(CultureInfo.InvariantCulture, $"{peer.Title} ≤ {figure.BarTo(peer.Peer):0.00}"));
        if (figure.Bar is { } most)
            bars = bars.Append(string.Create(CultureInfo.InvariantCulture, $"≤ {most:#,0}"));
        return string.Join(", ", bars);
    }

    /// <summary>A bar within the spread of its ratio is neither met nor missed beyond doubt.</summary>
    private static string Met(Verdict verdict)
    {
        if (verdict.Met is not { } met)
            return None;
        var isDoubtful = PeerNames.Others.Any(peer =>
            verdict.Figure.BarTo(peer) is { } bar && verdict.Spreads.TryGetValue(peer, out var spread) && spread.Contains(bar));
        return (met ? "yes" : "**no**") + (isDoubtful ? ", within the noise" : "");
    }
}
