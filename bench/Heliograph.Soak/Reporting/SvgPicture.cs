using System.Globalization;
using System.Text;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Reporting;

/// <summary>The samples as curves over time, one panel for each figure; the disturbances are grey, with their names above.</summary>
internal static class SvgPicture
{
    private const int Width = 900, Left = 70, Right = 20, Top = 110, PanelHeight = 90, PanelGap = 34, LineHeight = 14;

    private static readonly (string Title, Func<Sample, double> Figure)[] Panels =
    [
        ("descriptors", static sample => sample.Descriptors),
        ("user memory, MB", static sample => sample.UserBytes / 1e6),
        ("kernel memory, MB", static sample => sample.KernelBytes / 1e6),
        ("threads", static sample => sample.Threads),
        ("first byte, median, ms", static sample => sample.Latency.Median),
        ("first byte, 99 of 100, ms", static sample => sample.Latency.P99),
    ];

    // For light and for dark pages.
    private static readonly string[] Colours = ["#1f77b4", "#d97706"];

    public static Task WriteAsync(string file, IReadOnlyList<Sample> samples, IReadOnlyList<Window> windows) =>
        File.WriteAllTextAsync(file, Draw(samples, windows));

    internal static string Draw(IReadOnlyList<Sample> samples, IReadOnlyList<Window> windows)
    {
        var servers = samples.Select(static sample => sample.Server).Distinct(StringComparer.Ordinal).ToList();
        var end = Math.Max(1, samples.Count == 0 ? 1 : samples.Max(static sample => sample.At.TotalSeconds));
        var height = Top + (Panels.Length * (PanelHeight + PanelGap));
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\"");
        Add(svg, $" font-family=\"sans-serif\" font-size=\"11\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        foreach (var window in windows)
        {
            var (from, to) = (X(window.From), X(window.To));
            Add(svg, $"<rect x=\"{from:0.0}\" y=\"{Top}\" width=\"{Math.Max(1, to - from):0.0}\"");
            Add(svg, $" height=\"{height - Top - PanelGap}\" fill=\"#e5e7eb\"/>");
        }
        // In a long run there is no room for each name again.
        var named = windows.DistinctBy(static window => window.Name, StringComparer.Ordinal).ToList();
        if (named.Zip(named.Skip(1)).Any(pair => X(pair.Second.From) - X(pair.First.From) < LineHeight))
        {
            Add(svg, $"<text x=\"{Left}\" y=\"{Top - LineHeight}\" fill=\"#4b5563\">");
            Add(svg, $"grey, in turn: {string.Join(", ", named.Select(static window => window.Name))}</text>");
            named.Clear();
        }
        foreach (var window in named)
        {
            var x = X(window.From) + 4;
            Add(svg, $"<text x=\"{x:0.0}\" y=\"{Top - 6}\" transform=\"rotate(-50 {x:0.0} {Top - 6})\"");
            Add(svg, $" fill=\"#4b5563\">{window.Name}</text>");
        }
        for (var i = 0; i < Panels.Length; i++)
            Panel(svg, i);
        for (var i = 0; i < servers.Count; i++)
        {
            Add(svg, $"<text x=\"{Left + (i * 120)}\" y=\"16\" font-weight=\"bold\"");
            Add(svg, $" fill=\"{Colours[i % Colours.Length]}\">{servers[i]}</text>");
        }
        Add(svg, $"<text x=\"{Width - Right}\" y=\"{height - 8}\" text-anchor=\"end\" fill=\"#4b5563\">{end / 60:0.0} minutes</text>");
        Add(svg, $"</svg>");
        return svg.ToString();

        double X(TimeSpan at) => Left + ((Width - Left - Right) * Math.Clamp(at.TotalSeconds / end, 0, 1));

        void Panel(StringBuilder into, int index)
        {
            var (title, figure) = Panels[index];
            var top = Top + (index * (PanelHeight + PanelGap));
            var known = samples.Where(sample => !double.IsNaN(figure(sample))).ToList();
            var most = Math.Max(1e-9, known.Select(figure).DefaultIfEmpty(1).Max());
            Add(into, $"<text x=\"{Left}\" y=\"{top + PanelHeight + 14}\" fill=\"#111827\">{title}</text>");
            Add(into, $"<text x=\"{Left - 6}\" y=\"{top + 10}\" text-anchor=\"end\" fill=\"#4b5563\">{most:0.#}</text>");
            Add(into, $"<text x=\"{Left - 6}\" y=\"{top + PanelHeight}\" text-anchor=\"end\" fill=\"#4b5563\">0</text>");
            Add(into, $"<path d=\"M{Left} {top}V{top + PanelHeight}H{Width - Right}\" fill=\"none\" stroke=\"#9ca3af\"/>");
            for (var server = 0; server < servers.Count; server++)
            {
                var points = known.Where(sample => sample.Server == servers[server]).Select(sample => string.Create(
                    CultureInfo.InvariantCulture, $"{X(sample.At):0.0},{top + (PanelHeight * (1 - (figure(sample) / most))):0.0}"));
                Add(into, $"<polyline points=\"{string.Join(' ', points)}\" fill=\"none\" stroke=\"{Colours[server % Colours.Length]}\"/>");
            }
        }
    }

    private static void Add(StringBuilder svg, FormattableString element) =>
        svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));
}
