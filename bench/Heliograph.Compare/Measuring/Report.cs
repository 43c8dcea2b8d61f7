using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Heliograph.Compare.Measuring;

/// <summary>The table in Markdown, and all its data in JSON.</summary>
internal static class Report
{
    private const string None = "–";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static string Table(ComparisonOptions options, IReadOnlyList<Verdict> verdicts)
    {
        var table = new StringBuilder()
            .AppendLine("| | heliograph | nginx pair | HAProxy | to nginx | to HAProxy | bars | met |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|:---:|");
        foreach (var verdict in verdicts)
        {
            var met = !options.Judged
                ? "not judged"
                : verdict.Met switch
                {
                    true => "yes",
                    false => "**no**",
                    null => None,
                };
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {verdict.Figure.Title} | {Value(verdict, PeerNames.Heliograph)} | {Value(verdict, PeerNames.Nginx)} | " +
                $"{Value(verdict, PeerNames.HaProxy)} | {Ratio(verdict.RatioToNginx)} | {Ratio(verdict.RatioToHaProxy)} | " +
                $"≤ {verdict.Figure.BarToNginx:0.00}, ≤ {verdict.Figure.BarToHaProxy:0.00} | {met} |");
        }

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
            comparison.Ciphers,
            Figures = verdicts.Select(verdict => new
            {
                verdict.Figure.Name,
                verdict.Figure.Title,
                verdict.Best,
                verdict.RatioToNginx,
                verdict.RatioToHaProxy,
                verdict.Figure.BarToNginx,
                verdict.Figure.BarToHaProxy,
                Met = options.Judged ? verdict.Met : null,
            }),
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

    private static string Value(Verdict verdict, string peer) =>
        verdict.Best.TryGetValue(peer, out var value) ? value.ToString(verdict.Figure.Format, CultureInfo.InvariantCulture) : None;

    private static string Ratio(double? ratio) => ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? None;
}
