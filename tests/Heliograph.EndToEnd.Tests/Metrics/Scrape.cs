using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Metrics;

/// <summary>The output of the Prometheus endpoint, parsed from the text alone.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> samples = new(StringComparer.Ordinal);

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            samples.Add(line[..space], double.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture));
        }
    }

    public string Text { get; }

    public IEnumerable<string> Series => samples.Keys;

    /// <summary>The value of a series, named as it is written: <c>name{label="value"}</c>.</summary>
    public double this[string series] =>
        samples.TryGetValue(series, out var value) ? value : throw new InvalidOperationException($"there is no {series}:\n{Text}");

    public static async Task<Scrape> TakeAsync(Uri monitoring)
    {
        var (status, type, text) = await GetAsync(monitoring, "metrics");
        Assert.Equal((HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8"), (status, type));
        return new Scrape(text);
    }

    public static async Task<(HttpStatusCode Status, string? Type, string Text)> GetAsync(Uri monitoring, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(monitoring, path), Bound.Token);
        return (
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(Bound.Token));
    }

    /// <summary>The label names of each metric.</summary>
    public ILookup<string, string> Labels() =>
        samples
            .Keys.SelectMany(static series =>
                Label().Matches(series).Select(match => (Metric: series.Split('{')[0], Label: match.Groups["name"].Value)))
            .Distinct()
            .ToLookup(static pair => pair.Metric, static pair => pair.Label, StringComparer.Ordinal);

    [GeneratedRegex("[{,](?<name>[a-z_]+)=\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
