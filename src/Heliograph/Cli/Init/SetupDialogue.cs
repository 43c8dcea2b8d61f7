using Heliograph.Configuration;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>What <c>init</c> asks, where there is somebody to be asked.</summary>
internal sealed class SetupDialogue(IAnsiConsole console)
{
    public IAnsiConsole Console => console;

    private bool CanAsk => console.Profile.Out.IsTerminal && !System.Console.IsInputRedirected;

    /// <summary>Asks for the domain, and for an e-mail address if no flag gave one.</summary>
    /// <param name="flags">Gets the address.</param>
    public IReadOnlyList<string> AskForDomain(Layer flags)
    {
        if (!CanAsk)
            throw new StartException("--domain is missing, and nobody can be asked here; name what clients are to type: heliograph init --domain proxy.example.org", ExitCode.BadUsage);
        console.WriteLine("The name that clients type. It must lead to this machine: an A record in DNS,");
        console.WriteLine("at your registrar. An IP address works too, though not with every app.");
        var domain = console.Prompt(new TextPrompt<string>("  Domain:").Validate(static text =>
            DomainName.Parse(text.Trim(), out _) is { } problem ? ValidationResult.Error($"  [red]{problem.EscapeMarkup()}; for example proxy.example.org[/]") : ValidationResult.Success()));
        if (flags.Scalar(Keys.Acme.Email) is null)
            AskForEmail(flags);
        console.WriteLine();
        return [domain.Trim()];
    }

    /// <summary>Whether a file that is there may be replaced.</summary>
    public bool MayReplace(string file)
    {
        if (!CanAsk)
            throw new StartException($"{file} is there already; --force replaces it, --config FILE names another", ExitCode.BadUsage);
        return console.Prompt(new ConfirmationPrompt($"{file.EscapeMarkup()} is there already. Replace it?") { DefaultValue = false });
    }

    private void AskForEmail(Layer flags)
    {
        console.WriteLine("Where Let's Encrypt may write to you. Nothing needs it; Enter leaves it out.");
        var email = console.Prompt(new TextPrompt<string>("  E-mail:").AllowEmpty().Validate(static text =>
            text.Trim() is "" || text.Trim().Split('@') is [{ Length: > 0 }, { Length: > 0 }]
                ? ValidationResult.Success()
                : ValidationResult.Error("  [red]not an e-mail address; for example you@example.org, or nothing[/]")));
        if (email.Trim() is { Length: > 0 } given)
            flags.SetScalar(Keys.Acme.Email, given, "--email");
    }
}
