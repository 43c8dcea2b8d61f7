using System.Security.Cryptography;
using System.Text;
using Heliograph.Certificates;
using static Heliograph.Status.Page.PageText;
using static Heliograph.Status.Words;

namespace Heliograph.Status.Page;

/// <summary>What <c>heliograph status</c> says, as a page for a browser: one file, without a script, that asks for nothing else.</summary>
internal static class StatusPage
{
    /// <summary>Nothing is loaded or run, and no other page may frame this one.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(PageStyle.Css)))}'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Write(StatusReport report, DateTimeOffset now)
    {
        var name = report.Certificate.Names is [var first, ..] ? first : "this proxy";
        var (style, state) = State(report);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(name)}: {state}</title>
            <style>{PageStyle.Css}</style>
            </head>
            <body>
            <main>
            <header>
            <p class="quiet">Heliograph {Encode(report.Version)}, up for {Duration(TimeSpan.FromSeconds(report.UptimeSeconds))}</p>
            <h1>{Encode(name)}</h1>
            <p class="state {style}">{state}</p>
            <p>{Encode(Sentences.Now(report.Connections))} {Encode(Sentences.Week(report.Totals.ThisWeek))}</p>
            </header>
            {Section("What to do now", ToDo(report))}
            {Section("Relayed to Signal", Sums(report))}
            {Section("Over time", Charts(report))}
            {Section("Hosts, since the start", Hosts(report))}
            {Groups(report)}
            {Countries(report)}
            <div class="two">
            {Section("Certificate", Certificate(report.Certificate, now))}
            {Section("Server", Server(report))}
            </div>
            {Section("Everyone else, since the start", Others(report))}
            <footer class="quiet">
            <p>{Encode(Sentences.Rounding)}</p>
            <p>As of {now:yyyy-MM-dd HH:mm:ss} UTC; reload the page for the state of now. In a terminal: <code>heliograph status</code>.</p>
            </footer>
            </main>
            </body>
            </html>

            """;
    }

    private static (string Style, string Text) State(StatusReport report) => report.State switch
    {
        StatusWarning.Critical => ("critical", "In trouble"),
        StatusWarning.Warning => ("warning", "Working, but needs attention"),
        _ => ("good", "Working"),
    };

    private static string Section(string title, string content) => $"""
        <section>
        <h2>{title}</h2>
        {content}
        </section>
        """;

    private static string ToDo(StatusReport report) => report.Warnings.Count == 0
        ? "<p>Nothing: all is well.</p>"
        : $"""
            <ul class="todo">
            {Join(report.Warnings, Warning)}
            </ul>
            """;

    private static string Warning(StatusWarning warning)
    {
        var (style, word) = warning.Severity == StatusWarning.Critical ? ("critical", "Critical") : ("warning", "Warning");
        return $"""<li class="{style}"><strong>{word}</strong> <span>{Encode(warning.Message)}</span></li>""";
    }

    private static string Sums(StatusReport report)
    {
        var totals = report.Totals;
        return $"""
            <dl class="sums">
            {Sum("Today (UTC)", totals.Today.Connections, totals.Today.Bytes)}
            {Sum("This week", totals.ThisWeek.Connections, totals.ThisWeek.Bytes)}
            {Sum("Last week", totals.LastWeek.Connections, totals.LastWeek.Bytes)}
            {Sum("Since the start", report.Relayed.Connections, report.Relayed.BytesUp + report.Relayed.BytesDown)}
            </dl>
            """;
    }

    private static string Sum(string period, long connections, long bytes) =>
        Line($"""<div><dt>{period}</dt><dd class="big">{Bytes(bytes)}</dd><dd>{connections:N0} connections</dd></div>""");

    private static string Charts(StatusReport report) => $"""
        {TrafficChart.Write("Each day, from and to clients (UTC)", "day", report.Totals.EveryDay())}
        {TrafficChart.Write("Each week, from and to clients", "week", report.Totals.EveryWeek())}
        """;

    private static string Hosts(StatusReport report)
    {
        var used = report.UsedRoutes();
        return Table(
            ["host", "connections", "now", "half dialled in"],
            used,
            route => [route.Name, Line($"{route.Connections:N0}"), Line($"{route.Open:N0}"), Dialled(report.HalfDialledIn(route))]) +
            (Sentences.Idle(used.Count, report.Routes.Count) is { } idle ? $"""<p class="quiet">{Encode(idle)}</p>""" : "") +
            (report.FailedUpstreams() is [_, ..] failed
                ? "<h3>Failed dials</h3>" + Facts([.. failed.Select(static one => (one.Endpoint, Sentences.Failures(one)))])
                : "");
    }

    private static string Dialled(int? milliseconds) => milliseconds is null ? "" : $"{milliseconds} ms";

    private static string Groups(StatusReport report) => report.Groups switch
    {
        null => "",
        [] => Section(
            "Groups",
            "<p>None is shown here. <code>heliograph link list</code> shows all of them; " +
            "with <code>access.metrics: true</code> they are here too.</p>"),
        _ => Section(
            "Groups, since the start",
            Table(
                ["group", "now", "bytes", "last used"],
                report.Groups,
                static group => [
                    group.Name, Line($"{group.Connections:N0}"), Bytes(group.BytesUp + group.BytesDown), Sentences.LastUsed(group),
                ])),
    };

    private static string Countries(StatusReport report) => report.Countries is not { } countries
        ? ""
        : Section(
            "By country, this week",
            Table(
                ["country", "connections"],
                [.. countries.Countries.Select(static one => (one.Code, one.Connections)), ("others", countries.Others)],
                static country => [country.Item1, Line($"{country.Item2:N0}")]));

    private static string Certificate(CertificateReport certificate, DateTimeOffset now)
    {
        if (certificate.Names is not { } names)
            return Facts([("State", "none yet"), .. Error(certificate)]);
        return Facts(
        [
            ("Names", string.Join(", ", names)),
            .. certificate.Issuer is { } issuer ? [("Issuer", issuer)] : Array.Empty<(string, string)>(),
            ("Valid until", Line($"{certificate.NotAfter:yyyy-MM-dd}, {certificate.Left(now)}")),
            ("Renewal", certificate.NextRenewal is { } next ? Line($"on {next:yyyy-MM-dd}") : "not by Heliograph"),
            .. Error(certificate),
        ]);
    }

    private static IEnumerable<(string Name, string Value)> Error(CertificateReport certificate) =>
        certificate.LastError is { } error ? [("Last error", error)] : [];

    private static string Server(StatusReport report) => Facts(
    [
        ("Connections", Sentences.Limit(report.Connections)),
        .. report.ListVersion > 0 ? [("Hosts", Sentences.List(report))] : Array.Empty<(string, string)>(),
        .. report.Sources is { } sources ? [("Sources", Sentences.Sources(sources))] : Array.Empty<(string, string)>(),
        .. report.Budget is { } budget ? [("Budget", Sentences.Budget(budget))] : Array.Empty<(string, string)>(),
    ]);

    private static string Others(StatusReport report) => report.Others() is { Count: > 0 } others
        ? Table(["outcome", "connections"], others, static one => [OutcomeText.Describe(one.Key), Line($"{one.Value:N0}")])
        : "<p>Nobody yet.</p>";

    private static string Facts(IReadOnlyList<(string Name, string Value)> facts) => $"""
        <dl class="facts">
        {Join(facts, static fact => $"<dt>{Host(fact.Name)}</dt><dd>{Encode(fact.Value)}</dd>")}
        </dl>
        """;

    /// <param name="columns">The first names the row.</param>
    /// <param name="rows">None: nothing is written.</param>
    /// <param name="write">The cells of a row.</param>
    private static string Table<TRow>(
        IReadOnlyList<string> columns, IReadOnlyList<TRow> rows, Func<TRow, IReadOnlyList<string>> write) =>
        rows.Count == 0
            ? ""
            : $"""
                <table class="names">
                <thead><tr>{string.Concat(columns.Select(static one => $"""<th scope="col">{Heading(one)}</th>"""))}</tr></thead>
                <tbody>
                {Join(rows, row => Row(write(row)))}
                </tbody>
                </table>
                """;

    private static string Row(IReadOnlyList<string> cells) =>
        $"""<tr><th scope="row">{Host(cells[0])}</th>""" +
        string.Concat(cells.Skip(1).Select(static cell => $"""<td class="number">{Encode(cell)}</td>""")) + "</tr>";
}
