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
        Days(console, report);
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
            Sentences.Rounding);
    }

    private static void Headline(IAnsiConsole console, StatusReport report)
    {
        var (style, state) = report.State switch
        {
            StatusWarning.Critical => ("red", "in trouble, see below"),
            StatusWarning.Warning => ("yellow", "working, but needs attention"),
            _ => ("green", "working"),
        };
        var uptime = Duration(TimeSpan.FromSeconds(report.UptimeSeconds));
        console.MarkupLineInterpolated($"[bold]Heliograph {report.Version}[/] is [{style}]{state}[/]; up for {uptime}.");
        console.MarkupLineInterpolated($"{Sentences.Now(report.Connections)}");
        console.MarkupLineInterpolated($"{Sentences.Week(report.Totals.ThisWeek)}");
        if (report.Version != ProductVersion.Text)
            console.MarkupLineInterpolated($"[yellow]This program is {ProductVersion.Text}: restart the server so that both match.[/]");
    }

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

    private static void Days(IAnsiConsole console, StatusReport report)
    {
        if (DayBars.Draw(report.Totals.EveryDay()) is not { Count: > 0 } lines)
            return;
        Heading(console, "Each day, from and to clients (UTC)", "");
        foreach (var line in lines)
            console.WriteLine(line);
    }

    private static void Routes(IAnsiConsole console, StatusReport report)
    {
        var used = report.UsedRoutes();
        Heading(console, Line($"{"By host, since the start",-38}"), Line($"{"connections",12}{"now",7}{"half dialled in",17}"));
        foreach (var route in used)
        {
            var dial = report.HalfDialledIn(route) is { } milliseconds ? $"{milliseconds} ms" : "";
            Row(console, route.Name, 38, Line($"{route.Connections,12:N0}{route.Open,7:N0}{dial,17}"));
        }
        if (Sentences.Idle(used.Count, report.Routes.Count) is { } idle)
            console.MarkupLineInterpolated($"  [dim]{idle}[/]");
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
                    $"{Sentences.LastUsed(group),12}"));
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
        var failed = report.FailedUpstreams();
        if (failed.Count == 0)
            return;
        Heading(console, "Failed dials, since the start", "");
        foreach (var upstream in failed)
            Row(console, upstream.Endpoint, 42, " " + Sentences.Failures(upstream));
    }

    private static void Others(IAnsiConsole console, StatusReport report)
    {
        var others = report.Others();
        if (others.Count == 0)
            return;
        Heading(console, "Everyone else, since the start", "");
        foreach (var (outcome, count) in others)
            console.WriteLine(Line($"  {OutcomeText.Describe(outcome),-58}{count,16:N0}"));
    }

    private static void Server(IAnsiConsole console, StatusReport report, DateTimeOffset now)
    {
        var certificate = report.Certificate;
        Heading(console, "Server", "");
        var renewal = certificate.NextRenewal is { } next ? Line($"; renewal on {next:yyyy-MM-dd}") : "";
        var left = certificate.Names is null ? "none yet" : $"{certificate.Names[0]}, {certificate.Left(now)}{renewal}";
        Field(console, "certificate", left);
        Field(console, "connections", Sentences.Limit(report.Connections));
        if (report.ListVersion > 0)
            Field(console, "hosts", Sentences.List(report));
        if (report.Sources is { } sources)
            Field(console, "sources", Sentences.Sources(sources));
        if (report.Budget is { } budget)
            Field(console, "budget", Sentences.Budget(budget));
        if (report.Page is { } page)
        {
            Field(console, "page", $"{page.Url} while this runs on your computer:");
            // Lines that a shell takes for one, unless the name alone is longer than a line.
            Field(console, "", page.Command, end: " \\");
        }
        else
            Field(console, "page", "none; set metrics.listen (if it is set, the log says why)");
    }

    private static void Warnings(IAnsiConsole console, StatusReport report)
    {
        if (report.Warnings.Count > 0)
            Heading(console, "Needs attention", "");
        foreach (var warning in report.Warnings)
            Paragraph(console, warning.Severity == StatusWarning.Critical ? "red" : "yellow", "  ! ", warning.Message);
    }

    private static void Heading(IAnsiConsole console, string title, string columns) =>
        console.MarkupLineInterpolated($"\n  [bold]{title}[/][dim]{columns}[/]");

    /// <summary>A name that is longer than its column has a line for itself, and the figures stay in their columns.</summary>
    private static void Row(IAnsiConsole console, string name, int column, string figures)
    {
        if (name.Length > column && WidthOf(console) is { } width)
        {
            foreach (var line in WordWrap.Lines(name, width - 2))
                console.WriteLine("  " + line);
            name = "";
        }
        console.WriteLine($"  {name.PadRight(column)}{figures}".TrimEnd());
    }

    /// <param name="console">Where to.</param>
    /// <param name="label">What it is.</param>
    /// <param name="text">The words.</param>
    /// <param name="end">Follows a line that is not the last.</param>
    private static void Field(IAnsiConsole console, string label, string text, string end = "")
    {
        foreach (var line in Wrap(console, $"  {label,-14}", text, end))
            console.WriteLine(line);
    }

    private static void Paragraph(IAnsiConsole console, string style, string first, string text)
    {
        foreach (var line in Wrap(console, first, text))
            console.MarkupLineInterpolated($"[{style}]{line}[/]");
    }

    /// <summary>Wraps the words to the width of the terminal; without a terminal, one line that a program can search.</summary>
    private static IEnumerable<string> Wrap(IAnsiConsole console, string first, string text, string end = "")
    {
        if (WidthOf(console) is not { } width)
            return [first + text];
        var lines = WordWrap.Lines(text, Math.Min(width, WidestText) - first.Length - end.Length).ToList();
        return lines.Select((line, index) =>
            $"{(index == 0 ? first : new string(' ', first.Length))}{line}{(index < lines.Count - 1 ? end : "")}");
    }

    /// <summary>Null: it is no terminal.</summary>
    private static int? WidthOf(IAnsiConsole console) => console.Profile.Width <= 1000 ? console.Profile.Width : null;
}
