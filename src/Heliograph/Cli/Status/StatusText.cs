using Heliograph.Cli.Certificate;
using Heliograph.Relay.Diagnostics;
using Heliograph.Sources;
using Heliograph.Statistics;
using Heliograph.Status;
using Spectre.Console;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Status;

/// <summary>What <c>status</c> prints: the state in words, then the figures, then what needs attention.</summary>
internal static class StatusText
{
    private const int WidestText = 100;

    public static void Write(IAnsiConsole console, StatusReport report, DateTimeOffset now)
    {
        Headline(console, report);
        Relayed(console, report);
        Routes(console, report);
        Groups(console, report);
        Countries(console, report);
        Failures(console, report);
        Others(console, report);
        Server(console, report, now);
        Warnings(console, report);
        console.WriteLine();
        Paragraph(
            console,
            "dim",
            "",
            "Counts are rounded up to multiples of 8 and bytes to megabytes, so that they reveal nothing about one person.");
    }

    private static void Headline(IAnsiConsole console, StatusReport report)
    {
        var (style, state) = report.State switch
        {
            StatusWarning.Critical => ("red", "in trouble, see below"),
            StatusWarning.Warning => ("yellow", "working, but needs attention, see below"),
            _ => ("green", "working"),
        };
        var uptime = Duration(TimeSpan.FromSeconds(report.UptimeSeconds));
        console.MarkupLineInterpolated($"[bold]Heliograph {report.Version}[/] is [{style}]{state}[/]; up for {uptime}.");
        console.MarkupLineInterpolated($"{Now(report.Connections)}");
        console.MarkupLineInterpolated($"{Week(report.Totals.ThisWeek)}");
        if (report.Version != ProductVersion.Text)
            console.MarkupLineInterpolated($"[yellow]This program is {ProductVersion.Text}: restart the server so that both match.[/]");
    }

    private static string Now(ConnectionStatus connections) => connections switch
    {
        { Open: 0 } => "Nobody is connected now.",
        { Relayed: 0 } => Line($"{connections.Open:N0} connections now, none of them relayed to Signal."),
        _ => Line($"{connections.Open:N0} connections now, {connections.Relayed:N0} of them relayed to Signal."),
    };

    private static string Week(PeriodTotal week) => week.Connections == 0 && week.BytesUp + week.BytesDown == 0
        ? "This week your proxy has carried nothing yet."
        : Line($"This week your proxy carried {week.Connections:N0} connections and {Bytes(week.BytesUp + week.BytesDown)}.");

    private static void Relayed(IAnsiConsole console, StatusReport report)
    {
        var (totals, relayed) = (report.Totals, report.Relayed);
        Heading(console, Line($"{"Relayed to Signal",-36}"), Line($"{"connections",12}{"from clients",14}{"to clients",12}"));
        Row("today (UTC)", totals.Today.Connections, totals.Today.BytesUp, totals.Today.BytesDown);
        Row("this week", totals.ThisWeek.Connections, totals.ThisWeek.BytesUp, totals.ThisWeek.BytesDown);
        Row("last week", totals.LastWeek.Connections, totals.LastWeek.BytesUp, totals.LastWeek.BytesDown);
        Row("since the start", relayed.Connections, relayed.BytesUp, relayed.BytesDown);

        void Row(string label, long connections, long up, long down) =>
            console.WriteLine(Line($"  {label,-36}{connections,12:N0}{Bytes(up),14}{Bytes(down),12}"));
    }

    private static void Routes(IAnsiConsole console, StatusReport report)
    {
        var used = report
            .Routes.Where(static route => route.Connections > 0)
            .OrderByDescending(static route => route.Connections)
            .ThenBy(static route => route.Name, StringComparer.Ordinal)
            .ToList();
        Heading(console, Line($"{"By host, since the start",-38}"), Line($"{"connections",12}{"now",7}{"half dialled in",17}"));
        foreach (var route in used)
        {
            var dial = report.Upstreams.FirstOrDefault(upstream => upstream.Endpoint == route.Endpoint)?.HalfWithinMs;
            console.WriteLine(
                Line($"  {route.Name,-38}{route.Connections,12:N0}{route.Open,7:N0}{(dial is null ? "" : $"{dial} ms"),17}").TrimEnd());
        }
        var idle = report.Routes.Count - used.Count;
        if (idle > 0)
        {
            var text = used.Count == 0 ? $"none of {Count(idle, "host")} requested yet" : $"{Count(idle, "other host")}: not requested";
            console.MarkupLineInterpolated($"  [dim]{text}[/]");
        }
    }

    private static void Groups(IAnsiConsole console, StatusReport report)
    {
        if (report.Groups is not { Count: > 0 } groups)
            return;
        Heading(console, Line($"{"By group, since the start",-36}"), Line($"{"now",12}{"bytes",14}{"last used",12}"));
        foreach (var group in groups)
            console.WriteLine(
                Line(
                    $"  {group.Name,-36}{group.Connections,12:N0}{Bytes(group.BytesUp + group.BytesDown),14}" +
                    $"{(group.Expired ? "expired" : group.LastUsed is { } day ? $"{day:yyyy-MM-dd}" : "never"),12}"));
    }

    private static void Countries(IAnsiConsole console, StatusReport report)
    {
        if (report.Countries is not { } countries)
            return;
        Heading(console, Line($"{"By country, this week",-36}"), Line($"{"connections",12}"));
        foreach (var country in countries.Countries)
            console.WriteLine(Line($"  {country.Code,-36}{country.Connections,12:N0}"));
        console.WriteLine(Line($"  {"others",-36}{countries.Others,12:N0}"));
    }

    private static void Failures(IAnsiConsole console, StatusReport report)
    {
        var failed = report.Upstreams.Where(static upstream => upstream.Failures.Count > 0).ToList();
        if (failed.Count == 0)
            return;
        Heading(console, "Failed dials, since the start", "");
        foreach (var upstream in failed)
            console.WriteLine(
                Line(
                    $"  {upstream.Endpoint,-42} " +
                    $"{string.Join(", ", upstream.Failures.Select(static one => Line($"{one.Value:N0} {one.Key.Replace('_', ' ')}")))}")
            );
    }

    private static void Others(IAnsiConsole console, StatusReport report)
    {
        var others = report.Outcomes.Where(static one => one.Key != EnumWord<ConnectionOutcome>.For(ConnectionOutcome.Relayed)).ToList();
        if (others.Count == 0)
            return;
        Heading(console, "Everyone else, since the start", "");
        foreach (var (outcome, count) in others)
            console.WriteLine(Line($"  {OutcomeText.Describe(outcome),-58}{count,16:N0}"));
    }

    private static void Server(IAnsiConsole console, StatusReport report, DateTimeOffset now)
    {
        var (certificate, connections) = (report.Certificate, report.Connections);
        Heading(console, "Server", "");
        var renewal = certificate.NextRenewal is { } next ? Line($"; renewal on {next:yyyy-MM-dd}") : "";
        var left = certificate.Names is null
            ? "none yet"
            : $"{certificate.Names[0]}, {CertificateText.Left(certificate, now)}{renewal}";
        console.WriteLine($"  certificate   {left}");
        console.WriteLine(
            Line($"  connections   {connections.Open:N0} of {connections.Limit:N0} allowed; peak {connections.Most:N0}"));
        if (report.ListVersion > 0)
            console.WriteLine($"  hosts         list {report.ListVersion}{Found(report.FoundHosts)}");
        if (report.Sources is { } sources)
            console.WriteLine($"  sources       {Describe(sources)}");
        if (report.Budget is { } budget)
            console.WriteLine(
                Line(
                    $"  budget        {Bytes(budget.UsedBytes)} of {Bytes(budget.MonthlyBytes)} used, in and out, since " +
                    $"{budget.Start:yyyy-MM-dd}")
            );
    }

    private static string Describe(SourceReport sources)
    {
        var blocked = sources.BlocksAll ? "everybody blocked" : $"{Prefixes(sources.Block)} blocked";
        return sources.Allow.Count == 0 ? blocked : $"{blocked}; {Prefixes(sources.Allow)} allowed";
    }

    private static string Prefixes(IReadOnlyList<SourceListReport> lists)
    {
        var prefixes = lists.Sum(static list => list.Prefixes ?? 0);
        return Line($"{prefixes:N0} {(prefixes == 1 ? "prefix" : "prefixes")} of {Count(lists.Count, "list")}");
    }

    private static string Found(IReadOnlyList<string> hosts) =>
        hosts.Count == 0 ? "" : $"; on no list: {string.Join(", ", hosts)}";

    private static void Warnings(IAnsiConsole console, StatusReport report)
    {
        if (report.Warnings.Count > 0)
            Heading(console, "Needs attention", "");
        foreach (var warning in report.Warnings)
            Paragraph(console, warning.Severity == StatusWarning.Critical ? "red" : "yellow", "  ! ", warning.Message);
    }

    private static void Heading(IAnsiConsole console, string title, string columns) =>
        console.MarkupLineInterpolated($"\n  [bold]{title}[/][dim]{columns}[/]");

    /// <summary>Wraps the words to the width of the terminal; without a terminal, one line that a program can search.</summary>
    private static void Paragraph(IAnsiConsole console, string style, string first, string text)
    {
        var width = console.Profile.Width > 1000 ? int.MaxValue : Math.Min(console.Profile.Width, WidestText);
        var line = first;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > first.Length && line.Length + word.Length >= width)
            {
                Write(line);
                line = new string(' ', first.Length);
            }
            line += line.Length == first.Length ? word : " " + word;
        }
        Write(line);

        void Write(string one) => console.MarkupLineInterpolated($"[{style}]{one.TrimEnd()}[/]");
    }
}
