using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Sharing;

namespace Heliograph.Cli.Link;

/// <summary><c>heliograph link</c>: what to give to a friend.</summary>
internal static class LinkCommand
{
    /// <summary>For a server that does not listen on the port of the link.</summary>
    public static string PortNote => LinkTexts.English.ForwardPort;

    private const string More = """
        Examples:
          heliograph link                                  the domains of the configuration
          heliograph link proxy.example.org
          heliograph link proxy.example.org --png proxy.png
          heliograph link proxy.example.org | wl-copy      one line, nothing else
          heliograph link new family                       with access.mode: unlisted, a link of its own for each group
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
        var shown = new LinkOptions();
        var command = new DocumentedCommand("link", "Show the link that makes a Signal app use the proxy, with its QR code.", More)
        {
            host,
        };
        shown.AddTo(command);
        configuration.AddFileTo(command);
        foreach (var group in GroupCommands.Create())
            command.Add(group);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var links = parsed.GetValue(host) is { } text
                ? Named(text, parsed.InvocationConfiguration.Error)
                : await ConfiguredAsync(configuration, shown, parsed, cancellationToken);
            return (int)(links is null ? ExitCode.BadUsage : shown.Show(links, parsed));
        });
        return command;
    }

    /// <summary>Why no client could use a link of this server as it is configured.</summary>
    public static void Warn(Settings settings, LinkTexts texts, TextWriter error)
    {
        if (settings.Certificate.Source == CertificateOrigin.SelfSigned)
            error.WriteLine($"{texts.Warning}: {texts.SelfSigned}");
        if (settings.Listen.All(static endpoint => endpoint.Port != 443))
            error.WriteLine($"{texts.Warning}: {texts.ForwardPort}.");
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

    private static async Task<List<ShareLink>?> ConfiguredAsync(
        ConfigurationOptions configuration, LinkOptions shown, ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (configuration.Load(parsed, error).Settings is not { } settings)
        {
            error.WriteLine("Or name the host: heliograph link proxy.example.org");
            return null;
        }
        if (settings.Access.IsUnlisted)
            return [await GroupCommands.FindOnlyAsync(settings, cancellationToken)];
        Warn(settings, shown.FindTexts(parsed), error);
        return [.. settings.Domains.Select(static domain => new ShareLink(domain))];
    }
}
