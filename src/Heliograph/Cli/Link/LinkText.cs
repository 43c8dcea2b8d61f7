using Heliograph.Sharing;
using Spectre.Console;

namespace Heliograph.Cli.Link;

/// <summary>Shows links: one line each, and on a terminal the QR code below.</summary>
internal static class LinkText
{
    public static void Write(
        TextWriter output, IReadOnlyList<ShareLink> links, bool sgnl, bool withQr, LinkTexts? translated = null)
    {
        var texts = translated ?? LinkTexts.English;
        var console = Terminal.Create(output);
        foreach (var link in links)
        {
            // Never wrapped: people copy it.
            output.WriteLine(
                !sgnl ? link.TextIn(texts)
                : link.IsWildcard ? link.TextIn(texts).Replace("https:", "sgnl:", StringComparison.Ordinal)
                : link.AppUrl);
            if (withQr && console.Profile.Out.IsTerminal && !link.IsWildcard)
                WriteQr(console, new QrCode(sgnl ? link.AppUrl : link.Url), texts);
        }
    }

    private static void WriteQr(IAnsiConsole console, QrCode code, LinkTexts texts)
    {
        if (code.Columns > console.Profile.Width)
            console.WriteLine(texts.TooNarrow);
        else
            code.Write(console);
    }
}
