using Heliograph.Machine;
using Spectre.Console;

namespace Heliograph.Cli.Check;

/// <summary>Shows a finding: a mark, the name, what was seen, and below it the remedy.</summary>
internal static class FindingText
{
    private const int Columns = 80;
    private const int Indent = 16;

    public static void Write(IAnsiConsole console, Finding finding)
    {
        var (mark, colour) = finding.Severity switch
        {
            Severity.Ok => ("✓", "green"),
            Severity.Note => ("·", "blue"),
            Severity.Warning => ("!", "yellow"),
            _ => ("✗", "red"),
        };
        foreach (var (index, line) in Wrap(finding.Seen).Index())
        {
            if (index == 0)
                console.MarkupLine($"  [{colour}]{mark}[/] {finding.Name.EscapeMarkup(),-12}{line.EscapeMarkup()}");
            else
                console.WriteLine(new string(' ', Indent) + line);
        }
        foreach (var line in Wrap(finding.Remedy ?? ""))
            console.MarkupLineInterpolated($"{new string(' ', Indent)}[dim]{line}[/]");
    }

    /// <summary>Lines that end before column 80 after the indent; a longer word gets a line of its own.</summary>
    private static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Columns - Indent)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        if (line.Length > 0)
            yield return line;
    }
}
