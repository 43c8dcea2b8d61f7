using System.CommandLine;
using Heliograph.Sharing;

namespace Heliograph.Cli.Link;

/// <summary>How links are shown.</summary>
internal sealed class LinkOptions
{
    private readonly Option<bool> sgnl = new("--sgnl")
    {
        Description = "Write it as sgnl://, which opens the app without the web site signal.tube.",
    };
    private readonly Option<bool> noQr = new("--no-qr") { Description = "Show only the text, on a terminal too." };
    private readonly Option<string?> png = new("--png")
    {
        Description = "Write the QR code to FILE as a PNG picture.",
        HelpName = "FILE",
    };
    private readonly MessageOptions explained = new();

    public void AddTo(Command command)
    {
        command.Add(sgnl);
        command.Add(noQr);
        command.Add(png);
        explained.AddTo(command);
    }

    /// <summary>What the command itself says, in the language that was asked for.</summary>
    public LinkTexts FindTexts(ParseResult parsed) => explained.FindTexts(parsed);

    public ExitCode Show(IReadOnlyList<ShareLink> links, ParseResult parsed)
    {
        var (io, asApp, file) = (parsed.InvocationConfiguration, parsed.GetValue(sgnl), parsed.GetValue(png));
        if (file is not null && links is not [{ IsWildcard: false }])
            throw new StartException(
                "--png writes only one link: name the host (heliograph link proxy.example.org --png FILE)", ExitCode.BadUsage);
        var texts = FindTexts(parsed);
        if (!explained.Write(links, asApp, parsed))
            LinkText.Write(io.Output, links, asApp, !parsed.GetValue(noQr), texts);
        foreach (var warning in links.SelectMany(link => link.WarningsIn(texts)).Distinct(StringComparer.Ordinal))
            io.Error.WriteLine($"{texts.Warning}: {warning}");
        if (file is not null)
            WritePicture(asApp ? links[0].AppUrl : links[0].Url, file);
        return ExitCode.Done;
    }

    private static void WritePicture(string url, string file)
    {
        try
        {
            File.WriteAllBytes(file, new QrCode(url).ToPng());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{file} cannot be written ({FileProblem.Describe(exception)}); name another file with --png FILE");
        }
    }
}
