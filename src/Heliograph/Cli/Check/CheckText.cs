using System.Globalization;
using Heliograph.Checking;
using Heliograph.Configuration;
using Spectre.Console;

namespace Heliograph.Cli.Check;

/// <summary>The table of <c>heliograph check</c>, for 80 columns, and its closing sentence.</summary>
internal static class CheckText
{
    private const int Columns = 80;
    private const int WidestTerminal = 110;
    private const int LabelWidth = 28;
    private const int TimeWidth = 8;
    private const int SeenAt = 4 + LabelWidth + 1 + TimeWidth + 2;
    private const int MostRemedies = 8;

    public static void Write(TextWriter output, CheckResult result)
    {
        var console = Terminal.Create(output);
        var width = console.Profile.Out.IsTerminal ? Math.Clamp(console.Profile.Width, 60, WidestTerminal) : Columns;
        if (result.Machine.Count > 0)
        {
            Heading(console, "This machine");
            foreach (var step in result.Machine)
                Row(console, step, step.Subject!, width);
            console.WriteLine();
        }
        foreach (var report in result.Proxies)
        {
            Write(console, report, width);
            console.WriteLine();
        }
        Remedies(console, result, width);
        var style = result.Verdict switch
        {
            CheckVerdict.Works => "bold green",
            CheckVerdict.WorksWithWarnings => "bold yellow",
            _ => "bold red",
        };
        foreach (var line in Wrap(result.Summary, width))
            console.MarkupLine($"[{style}]{Markup.Escape(line)}[/]");
    }

    private static void Write(IAnsiConsole console, CheckReport report, int width)
    {
        var proxy = new ProxyAddress(report.Host, report.Port);
        Heading(console, $"{proxy.Bracketed}, port {proxy.Port}");
        var alone = report.Steps.Count(static step => step.Step == Steps.Certificate) == 1;
        foreach (
            var step in report.Steps.TakeWhile(static step =>
                step.Step is Steps.Dns or Steps.Tcp or Steps.Tls or Steps.Certificate or Steps.Network))
            Row(console, step, Label(step, alone), width);
        var isNamed = report.Steps.Any(static step => step.Outcome == RouteSteps.Named);
        Section(
            console,
            report,
            "Signal's hosts, through the proxy" + (isNamed ? " (not verified without --signal-root)" : ""),
            width,
            Steps.Route,
            Steps.Direct);
        Section(
            console,
            report,
            "What a stranger sees",
            width,
            Steps.KeyExchange,
            Steps.DeniedName,
            Steps.WebPage,
            Steps.Alike,
            Steps.PlainHttp,
            Steps.Store);
    }

    private static void Section(IAnsiConsole console, CheckReport report, string heading, int width, params string[] steps)
    {
        var rows = report.Steps.Where(step => steps.Contains(step.Step)).ToList();
        if (rows.Count == 0)
            return;
        Heading(console, heading);
        foreach (var step in rows)
            Row(console, step, Label(step, false), width);
    }

    private static string Label(CheckStep step, bool alone) => step.Step switch
    {
        Steps.Dns => $"DNS {step.Subject}",
        Steps.Tcp => $"TCP {step.Subject}",
        Steps.Tls => $"TLS {step.Subject}",
        Steps.Certificate => alone ? "certificate" : $"certificate {step.Subject}",
        Steps.Network => step.Subject!,
        Steps.Direct => "without the proxy",
        Steps.KeyExchange => "key exchange",
        Steps.DeniedName => "a denied name",
        Steps.WebPage => "a web page",
        Steps.Alike => "the two compared",
        Steps.PlainHttp => $"port {step.Subject}",
        _ => step.Subject!,
    };

    private static void Heading(IAnsiConsole console, string text) => console.MarkupLineInterpolated($"[bold]{text}[/]");

    private static void Row(IAnsiConsole console, CheckStep step, string label, int width)
    {
        var (mark, style) = step.Severity switch
        {
            Severity.Ok => ("✓", "green"),
            Severity.Note => ("·", "blue"),
            Severity.Warning => ("!", "yellow"),
            _ => ("✗", "red"),
        };
        var seen = Wrap(step.Seen, width - SeenAt);
        var first = $"{label,-LabelWidth} {Time(step.TookMs),TimeWidth}  ";
        // A label that is too long gets a line of its own.
        if (label.Length > LabelWidth)
        {
            console.MarkupLine($"  [{style}]{mark}[/] {Markup.Escape(label)}");
            first = $"{"",LabelWidth} {Time(step.TookMs),TimeWidth}  ";
            mark = " ";
        }
        console.MarkupLine($"  [{style}]{mark}[/] {Markup.Escape(first + seen[0]).TrimEnd()}");
        foreach (var line in seen.Skip(1))
            console.MarkupLine(Markup.Escape(new string(' ', SeenAt) + line));
    }

    private static string Time(double? milliseconds) => milliseconds switch
    {
        null => "",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
    };

    /// <summary>What to do besides what the closing sentence says.</summary>
    private static void Remedies(IAnsiConsole console, CheckResult result, int width)
    {
        var remedies = result.Machine.Concat(result.Proxies.SelectMany(static report => report.Steps))
            .Where(static step => step.Severity >= Severity.Warning)
            .Select(static step => step.Remedy)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Where(remedy => !result.Summary.Contains(remedy, StringComparison.Ordinal))
            .ToList();
        // If the proxy is broken, show only what to fix first.
        if (remedies.Count == 0 || result.Verdict is not CheckVerdict.WorksWithWarnings)
            return;
        Heading(console, "Also");
        foreach (var remedy in remedies.Take(MostRemedies))
        {
            foreach (var (index, line) in Wrap(remedy, width - 4).Index())
                console.MarkupLine(Markup.Escape((index == 0 ? "  - " : "    ") + line));
        }
        console.WriteLine();
    }

    /// <summary>Breaks at spaces, and cuts a word that is too long.</summary>
    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var rest = text;
        while (rest.Length > width)
        {
            var space = rest.LastIndexOf(' ', width);
            var at = space > 0 ? space : width;
            lines.Add(rest[..at]);
            rest = rest[at..].TrimStart(' ');
        }
        lines.Add(rest);
        return lines;
    }
}
