using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Sharing;

namespace Heliograph.Cli.Link;

/// <summary><c>heliograph link</c>: what to give to a friend.</summary>
internal static class LinkCommand
{
    private const string More = """
        Examples:
          heliograph link                                  the domains of the configuration
          heliograph link proxy.example.org
          heliograph link proxy.example.org --png proxy.png
          heliograph link proxy.example.org | wl-copy      one line, nothing else
          heliograph link --message fa                     a message to send, in Persian: what it is, what to tap
          heliograph link --page proxy.html --language ru  a page to print, in Russian

        On a terminal it shows the link as a QR code too: point a phone's camera at it, and Signal asks whether to use the proxy.
        If an app could not use the link, a warning on standard error says so.
        Messages and pages: ar, en, es, fa, my, ru, zh. Warnings: en, fa, ru. Errors are in English.
        Give the link to people you know. If you publish it, censors read it too.
        """;

    public static Command Create()
    {
        var host = new Argument<string?>("HOST")
        {
            Description =
                "What clients connect to: a name or an address, with or without :PORT. Without it: the domains of the configuration.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var configuration = new ConfigurationOptions();
        var sgnl = new Option<bool>("--sgnl")
        {
            Description = "Write it as sgnl://, which opens the app without the web site signal.tube.",
        };
        var noQr = new Option<bool>("--no-qr") { Description = "Show only the text, on a terminal too." };
        var png = new Option<string?>("--png") { Description = "Write the QR code to FILE as a PNG picture.", HelpName = "FILE" };
        var command = new DocumentedCommand("link", "Show the link that makes a Signal app use the proxy, with its QR code.", More)
        {
            host,
            sgnl,
            noQr,
            png,
        };
        var explained = new MessageOptions();
        explained.AddTo(command);
        configuration.AddFileTo(command);
        command.SetAction(parsed =>
        {
            var links = parsed.GetValue(host) is { } text
                ? Named(text, parsed.InvocationConfiguration.Error)
                : Configured(configuration, parsed, explained.FindTexts(parsed));
            return (int)(
                links is null
                    ? ExitCode.BadUsage
                    : Show(links, parsed.GetValue(sgnl), !parsed.GetValue(noQr), parsed.GetValue(png), explained, parsed));
        });
        return command;
    }

    private static List<ShareLink>? Named(string text, TextWriter error)
    {
        var problem = ShareLink.Parse(text, out var link);
        if (link is { IsWildcard: true })
            problem = "a wildcard; replace the * with a name";
        if (problem is null)
            return [link!];
        error.WriteLine($"heliograph: \"{text}\": {problem}; allowed: {Keys.Domains.Allowed}, either with :PORT");
        return null;
    }

    private static List<ShareLink>? Configured(ConfigurationOptions configuration, ParseResult parsed, LinkTexts texts)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (configuration.Load(parsed, error).Settings is not { } settings)
        {
            error.WriteLine("Or name the host: heliograph link proxy.example.org");
            return null;
        }
        if (settings.Certificate.Source == CertificateOrigin.SelfSigned)
            error.WriteLine($"{texts.Warning}: {texts.SelfSigned}");
        if (settings.Listen.All(static endpoint => endpoint.Port != 443))
            error.WriteLine($"{texts.Warning}: {texts.ForwardPort}.");
        return [.. settings.Domains.Select(static domain => new ShareLink(domain))];
    }

    /// <summary>For a server that does not listen on the port of the link.</summary>
    public static string PortNote => LinkTexts.English.ForwardPort;

    private static ExitCode Show(
        List<ShareLink> links, bool sgnl, bool withQr, string? png, MessageOptions explained, ParseResult parsed)
    {
        var (io, texts) = (parsed.InvocationConfiguration, explained.FindTexts(parsed));
        if (png is not null && links is not [{ IsWildcard: false }])
            throw new StartException(
                "--png writes only one link: name the host (heliograph link proxy.example.org --png FILE)", ExitCode.BadUsage);
        if (!explained.Write(links, sgnl, parsed))
            LinkText.Write(io.Output, links, sgnl, withQr, texts);
        foreach (var warning in links.SelectMany(link => link.WarningsIn(texts)).Distinct(StringComparer.Ordinal))
            io.Error.WriteLine($"{texts.Warning}: {warning}");
        if (png is not null)
            WritePicture(sgnl ? links[0].AppUrl : links[0].Url, png);
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
