using Heliograph.Sharing;
using Spectre.Console;

namespace Heliograph.Cli.Link;

/// <summary>Shows links: one line each, and on a terminal the QR code below.</summary>
internal static class LinkText
{
    public static void Write(TextWriter output, IReadOnlyList<ShareLink> links, bool sgnl, bool withQr)
    {
        var console = Terminal.Create(output);
        foreach (var link in links)
        {
            // Never wrapped: people copy it.
            output.WriteLine(
                !sgnl ? link.Text
                : link.IsWildcard ? link.Text.Replace("https:", "sgnl:", StringComparison.Ordinal)
                : link.AppUrl);
            if (withQr && console.Profile.Out.IsTerminal && !link.IsWildcard)
                WriteQr(console, new QrCode(sgnl ? link.AppUrl : link.Url));
        }
    }

    private static void WriteQr(IAnsiConsole console, QrCode code)
    {
        if (code.Columns > console.Profile.Width)
            console.WriteLine("The terminal is too narrow for the QR code; --png FILE writes it as a picture.");
        else
            code.Write(console);
    }
}
