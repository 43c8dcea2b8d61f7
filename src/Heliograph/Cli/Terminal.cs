using Spectre.Console;

namespace Heliograph.Cli;

/// <summary>Coloured where a person looks on, plain and never wrapped where a file or another program does.</summary>
internal static class Terminal
{
    public static IAnsiConsole Create(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = int.MaxValue / 2;
            console.Profile.Capabilities.Ansi = false;
        }
        return console;
    }
}
