using Heliograph.Configuration;
using Heliograph.Setup;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>The questions of <c>init</c>, if there is a terminal.</summary>
internal sealed class SetupDialogue(IAnsiConsole console)
{
    public IAnsiConsole Console => console;

    private bool CanAsk => console.Profile.Out.IsTerminal && !System.Console.IsInputRedirected;

    /// <summary>Asks for the domain, and for an e-mail address if no flag gave one.</summary>
    /// <param name="flags">Receives both.</param>
    /// <param name="load">The configuration that flags give, with all its errors: an answer is good if it is good there.</param>
    /// <param name="mayWrite">Whether a web site may be written to a folder.</param>
    public void AskForDomain(Layer flags, Func<Action<Layer>, LoadedConfiguration> load, bool mayWrite)
    {
        if (!CanAsk)
            throw new StartException(
                "--domain is missing, and there is no terminal to ask on; give the name that clients type: " +
                "heliograph init --domain proxy.example.org",
                ExitCode.BadUsage);
        console.WriteLine("The name that clients type. It must resolve to this machine, by an A record");
        console.WriteLine("at your registrar. An IP address works too, but not with every app.");
        var domain = PastedName.Trim(
            console.Prompt(
                new TextPrompt<string>("  Domain:").Validate(text =>
                    Check(load(layer => AddDomain(layer, PastedName.Trim(text))), Keys.Domains, "proxy.example.org"))));
        AddDomain(flags, domain);
        if (flags.Scalar(Keys.Acme.Email) is null)
            AskForEmail(flags, load);
        if (((ConfigurationKey[])[Keys.DecoySite, Keys.DecoyDirectory, Keys.DecoyUpstream]).All(key => flags.Scalar(key) is null))
            SiteQuestion.Ask(console, flags, mayWrite);
        console.WriteLine();
    }

    /// <summary>Whether to replace an existing file.</summary>
    public bool MayReplace(string file)
    {
        if (!CanAsk)
            throw new StartException($"{file} already exists; --force replaces it, --config FILE names another", ExitCode.BadUsage);
        return console.Prompt(new ConfirmationPrompt($"{file.EscapeMarkup()} already exists. Replace it?") { DefaultValue = false });
    }

    private void AskForEmail(Layer flags, Func<Action<Layer>, LoadedConfiguration> load)
    {
        console.WriteLine("An address for mail from Let's Encrypt. Optional: Enter leaves it out.");
        var email = console.Prompt(new TextPrompt<string>("  E-mail:").AllowEmpty().Validate(text =>
            text.Trim().Length == 0
                ? ValidationResult.Success()
                : Check(load(layer => AddEmail(layer, text.Trim())), Keys.Acme.Email, "you@example.org, or nothing")));
        if (email.Trim() is { Length: > 0 } given)
            AddEmail(flags, given);
    }

    /// <summary>An error, as far as the person who types needs it: they know what they typed, and where.</summary>
    /// <param name="error">Such as <c>domains (--domain): "a b": not a name; allowed: names</c>.</param>
    internal static string Shorten(string error)
    {
        var problem = After(error, "): ").Split("; allowed: ")[0];
        return After(problem, "\": ");

        static string After(string text, string mark) =>
            text.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? text[(at + mark.Length)..] : text;
    }

    private static ValidationResult Check(LoadedConfiguration loaded, ConfigurationKey key, string example)
    {
        var line = loaded.Errors.FirstOrDefault(line => line.StartsWith(key.Name, StringComparison.Ordinal));
        return line is null
            ? ValidationResult.Success()
            : ValidationResult.Error($"  [red]{Shorten(line).EscapeMarkup()}; for example {example}[/]");
    }

    private static void AddDomain(Layer layer, string domain) => layer.AddItem(Keys.Domains, domain, "--domain");

    private static void AddEmail(Layer layer, string email) => layer.SetScalar(Keys.Acme.Email, email, "--email");
}
