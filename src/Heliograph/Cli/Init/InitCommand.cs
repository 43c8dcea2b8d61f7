using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Setup;

namespace Heliograph.Cli.Init;

/// <summary><c>heliograph init</c>: from an empty machine to a configuration, a link and the next command.</summary>
internal static class InitCommand
{
    private const string More = """
        Examples:
          heliograph init                                  asks for the domain
          heliograph init --domain proxy.example.org --email you@example.org
          heliograph init --domain proxy.example.org --dry-run
          heliograph init --from-signal-tls-proxy ./Signal-TLS-Proxy
          heliograph init --domain proxy.example.org --config proxy.yaml --state-directory ./state

        It looks at this machine first: does the name lead here, are the ports free and may they be taken, is the clock right, can the certificate
        authority be reached. What is wrong is told with how to mend it, and the file is written all the same: mend it, then run the server.
        Every other flag is one of "heliograph run", and what it says is written into the file.
        --from-signal-tls-proxy takes the domain and the certificate of a checkout of signalapp/Signal-TLS-Proxy, which stays as it is.
        The file is readable by its owner alone and, where root writes it, by the group of its directory or the group heliograph.

        Exit codes: 0 written; 3 written, and something that was seen keeps the proxy from working; 2 bad usage, or the file is there already;
        1 it could not be written, or you said no.
        """;

    public static Command Create()
    {
        var configuration = new ConfigurationOptions($"The file to write. [default: {ConfigurationLoader.FileVariable}, else {ConfigurationLoader.DefaultFile}]");
        configuration.AddAlias(Keys.Acme.Email, "--email");
        var from = new Option<string?>("--from-signal-tls-proxy") { Description = "Take over the domain and the certificate of this checkout of Signal-TLS-Proxy.", HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there, without asking." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look, and show the file; write nothing." };
        var offline = new Option<bool>("--offline") { Description = "Ask neither DNS nor the certificate authority." };
        var noQr = new Option<bool>("--no-qr") { Description = "No QR code." };
        var command = new DocumentedCommand("init", "Set up the proxy: look at this machine, write the configuration, show the link to share.", More) { from, force, dryRun, offline, noQr };
        configuration.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var dialogue = new SetupDialogue(Terminal.Create(output));
            var flags = new Layer();
            var errors = new ConfigurationErrors();
            configuration.ReadFlags(parsed, flags, errors);
            var checkout = parsed.GetValue(from) is { } directory ? ProxyCheckout.Read(directory, flags.Children(Keys.Domains) is [var only] ? only.Value : null) : null;
            foreach (var name in flags.Children(Keys.Domains) is null ? checkout?.Names ?? dialogue.AskForDomain(flags) : [])
                flags.AddItem(Keys.Domains, name, "--domain");
            var loaded = ConfigurationLoader.Load(flags, errors);
            if (loaded.Settings is null)
            {
                ConfigurationOptions.Report(loaded.Errors, error);
                return (int)ExitCode.BadUsage;
            }
            var plan = new SetupPlan
            {
                File = Path.GetFullPath(configuration.FileOf(parsed) ?? ConfigurationLoader.FileToWrite()),
                Settings = loaded.Settings,
                Text = ConfigurationText.Write(loaded.Settings, loaded.Values),
                Checkout = checkout,
                Replace = parsed.GetValue(force),
                DryRun = parsed.GetValue(dryRun),
                Offline = parsed.GetValue(offline),
                WithQr = !parsed.GetValue(noQr),
            };
            return (int)await new SetupRun(plan, dialogue, output, TimeProvider.System).RunAsync(cancellationToken);
        });
        return command;
    }
}
