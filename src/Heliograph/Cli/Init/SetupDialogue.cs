using Heliograph.Configuration;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>The questions of <c>init</c>, if there is a terminal.</summary>
internal sealed class SetupDialogue(IAnsiConsole console)
{
    public IAnsiConsole Console => console;

    private bool CanAsk => console.Profile.Out.IsTerminal && !System.Console.IsInputRedirected;

    /// <summary>Asks for the domain, and for an e-mail address if no flag gave one.</summary>
    /// <param name="flags">Receives the address.</param>
    public IReadOnlyList<string> AskForDomain(Layer flags)
    {
        if (!CanAsk)
            throw new StartException(
                "--domain is missing, and there is no terminal to ask on; give the name that clients type: " +
                "heliograph init --domain proxy.example.org",
                ExitCode.BadUsage);
        console.WriteLine("The name that clients type. It must resolve to this machine, by an A record");
        console.WriteLine("at your registrar. An IP address works too, but not with every app.");
        var domain = console.Prompt(
            new TextPrompt<string>("  Domain:").Validate(static text =>
                DomainName.Parse(text.Trim(), out _) is { } problem
                    ? ValidationResult.Error($"  [red]{problem.EscapeMarkup()}; for example proxy.example.org[/]")
                    : ValidationResult.Success()));
        if (flags.Scalar(Keys.Acme.Email) is null)
            AskForEmail(flags);
        console.WriteLine();
        return [domain.Trim()];
    }

    /// <summary>Whether to replace an existing file.</summary>
    public bool MayReplace(string file)
    {
        if (!CanAsk)
            throw new StartException($"{file} already exists; --force replaces it, --config FILE names another", ExitCode.BadUsage);
        return console.Prompt(new ConfirmationPrompt($"{file.EscapeMarkup()} already exists. Replace it?") { DefaultValue = false });
    }

    private void AskForEmail(Layer flags)
    {
        console.WriteLine("An address for mail from Let's Encrypt. Optional: Enter leaves it out.");
        var email = console.Prompt(new TextPrompt<string>("  E-mail:").AllowEmpty().Validate(static text =>
            text.Trim() is "" || text.Trim().Split('@') is [{ Length: > 0 }, { Length: > 0 }]
                ? ValidationResult.Success()
                : ValidationResult.Error("  [red]not an e-mail address; for example you@example.org, or nothing[/]")));
        if (email.Trim() is { Length: > 0 } given)
            flags.SetScalar(Keys.Acme.Email, given, "--email");
    }
}
