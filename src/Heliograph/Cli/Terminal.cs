using Spectre.Console;

namespace Heliograph.Cli;

/// <summary>Coloured on a terminal; plain and never wrapped for a file or another program.</summary>
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

    /// <summary>Renders for a console of the same width and colours, as text.</summary>
    public static string Render(IAnsiConsole like, Action<IAnsiConsole> write)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = like.Profile.Width;
        console.Profile.Capabilities.Ansi = like.Profile.Capabilities.Ansi;
        console.Profile.Capabilities.ColorSystem = like.Profile.Capabilities.ColorSystem;
        write(console);
        return text.ToString();
    }
}
