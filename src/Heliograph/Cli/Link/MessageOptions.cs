using System.CommandLine;
using Heliograph.Sharing;

namespace Heliograph.Cli.Link;

/// <summary>How a link is explained: as a message, as a page, and in which language.</summary>
internal sealed class MessageOptions
{
    private readonly Option<string?> message = OfLanguage(
        "--message",
        "Show a message to send, with the link in it. LANG is its language, such as fa, ru or zh; without it: that of --language.",
        ArgumentArity.ZeroOrOne);
    private readonly Option<string?> page = new("--page")
    {
        Description = "Write a page to print or to show to FILE: the link, its QR code, and what to do.",
        HelpName = "FILE.html",
    };
    private readonly Option<string?> language = OfLanguage(
        "--language",
        "The language of the message, of the page and of warnings. Without it: LC_ALL, LC_MESSAGES or LANG.",
        ArgumentArity.ExactlyOne);

    public void AddTo(Command command)
    {
        command.Add(message);
        command.Add(page);
        command.Add(language);
    }

    /// <summary>What the command itself says, in the language that was asked for.</summary>
    public LinkTexts FindTexts(ParseResult parsed) => FindLanguage(parsed).Link;

    /// <summary>Writes the page to its file, and the message in place of the link.</summary>
    /// <returns>Whether there was a message: then the link is not to be shown again.</returns>
    public bool Write(IReadOnlyList<ShareLink> links, bool sgnl, ParseResult parsed)
    {
        var withMessage = parsed.GetResult(message) is { Implicit: false };
        var file = parsed.GetValue(page);
        if (!withMessage && file is null)
            return false;
        if (links is not [{ IsWildcard: false } link])
        {
            var flag = withMessage ? message.Name : $"{page.Name} {page.HelpName}";
            throw new StartException(
                $"{flag} explains only one link: name the host (heliograph link proxy.example.org {flag})", ExitCode.BadUsage);
        }
        var texts = parsed.GetValue(message) is { } named ? ShareLanguages.Find(named)! : FindLanguage(parsed);
        var url = sgnl ? link.AppUrl : link.Url;
        if (file is not null)
            WritePage(SharePage.Write(link, url, texts), file);
        if (withMessage)
            parsed.InvocationConfiguration.Output.WriteLine(ShareMessage.Write(link, url, texts));
        return withMessage;
    }

    private ShareTexts FindLanguage(ParseResult parsed) => parsed.GetValue(language) is { } named
        ? ShareLanguages.Find(named)!
        : ShareLanguages.FromEnvironment(Environment.GetEnvironmentVariable);

    private static void WritePage(string html, string file)
    {
        try
        {
            File.WriteAllText(file, html);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"{file} cannot be written ({FileProblem.Describe(exception)}); name another file with --page FILE.html");
        }
    }

    private static Option<string?> OfLanguage(string name, string description, ArgumentArity arity)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "LANG", Arity = arity };
        option.CompletionSources.Add([.. ShareLanguages.Codes]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var word, ..] || ShareLanguages.Find(word.Value) is not null)
                return;
            // The word may be meant as the host, which would have to stand before an option with an optional value.
            var host = word.Value.Contains('.', StringComparison.Ordinal) ? $"; the host comes before {name}" : "";
            result.AddError(
                $"{name} \"{word.Value}\": there is no text in this language; available: {string.Join(", ", ShareLanguages.Codes)}{host}");
        });
        return option;
    }
}
