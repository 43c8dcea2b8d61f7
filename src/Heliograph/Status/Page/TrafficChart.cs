using Heliograph.Statistics;
using static Heliograph.Status.Page.PageText;
using static Heliograph.Status.Words;

namespace Heliograph.Status.Page;

/// <summary>The bytes of days or weeks as bars, and the same figures as a table for whoever does not see them.</summary>
internal static class TrafficChart
{
    private const int Height = 100;

    /// <summary>Whatever was relayed is seen.</summary>
    private const double Least = 1.5;

    /// <param name="title">What the bars are.</param>
    /// <param name="unit">The first column of the table.</param>
    /// <param name="periods">Oldest first.</param>
    public static string Write(string title, string unit, IReadOnlyList<PeriodTotal> periods)
    {
        var isEmpty = periods.All(static one => one.Connections + one.Bytes == 0);
        return $"""
            <figure>
            <figcaption><h3>{Encode(title)}</h3></figcaption>
            {(isEmpty ? """<p class="quiet">Nothing yet.</p>""" : Plot(title, unit, periods, periods.MaxBy(static one => one.Bytes)!))}
            </figure>
            """;
    }

    private static string Plot(string title, string unit, IReadOnlyList<PeriodTotal> periods, PeriodTotal most) => $"""
        <div class="plot">
        <div class="most quiet">{Bytes(most.Bytes)}</div>
        <svg role="img" aria-label="{Encode(Summary(title, most))}" viewBox="0 0 {periods.Count} {Height}" preserveAspectRatio="none">
        {Join(periods.Index(), one => Bar(one.Index, one.Item, most.Bytes))}
        </svg>
        </div>
        <div class="ends quiet"><span>{periods[0].Period}</span><span>{periods[^1].Period}</span></div>
        <details>
        <summary>As a table</summary>
        {Table(unit, [.. periods.Reverse().Where(static one => one.Connections + one.Bytes > 0)])}
        </details>
        """;

    private static string Summary(string title, PeriodTotal most) =>
        $"{title}: the most was {Bytes(most.Bytes)}, in {most.Period}. The table below has all of them.";

    private static string Bar(int index, PeriodTotal one, long most)
    {
        var height = one.Bytes == 0 ? 0 : Math.Max(Least, (double)one.Bytes / most * Height);
        return Line(
            $"""<g><title>{one.Period}: {Bytes(one.Bytes)}, {one.Connections:N0} connections</title>""" +
            $"""<rect class="slot" x="{index}" y="0" width="1" height="{Height}"/>""" +
            $"""<rect class="bar" x="{index + 0.12:0.##}" y="{Height - height:0.#}" width="0.76" height="{height:0.#}"/></g>""");
    }

    private static string Table(string unit, IReadOnlyList<PeriodTotal> periods) => $"""
        <table>
        <thead><tr><th scope="col">{unit}</th><th scope="col">{Heading("connections")}</th>
        <th scope="col">from clients</th><th scope="col">to clients</th></tr></thead>
        <tbody>
        {Join(periods, Row)}
        </tbody>
        </table>
        """;

    private static string Row(PeriodTotal one) => Line(
        $"""<tr><th scope="row" class="number">{one.Period}</th><td class="number">{one.Connections:N0}</td>""" +
        $"""<td class="number">{Bytes(one.BytesUp)}</td><td class="number">{Bytes(one.BytesDown)}</td></tr>""");
}
