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

        It checks this machine first: whether the name resolves to it, the ports are free and this user may use them, the clock is right,
        and the certificate authority can be reached. It reports each problem with its fix, and writes the file all the same: fix the
        problems, then run the server.
        Every other flag is one of "heliograph run"; its value is written into the file.
        --from-signal-tls-proxy takes the domain and the certificate from a checkout of signalapp/Signal-TLS-Proxy, and leaves it as it is.
        Only the owner can read the file and, if root writes it, the group of its directory or the group heliograph.

        Exit codes: 0 written; 3 written, but a problem keeps the proxy from working; 2 bad usage, or the file exists already;
        1 it could not be written, or you said no.
        """;

    public static Command Create()
    {
        var configuration = new ConfigurationOptions(
            $"The file to write. [default: {ConfigurationLoader.FileVariable}, else {ConfigurationLoader.DefaultFile}]");
        configuration.AddAlias(Keys.Acme.Email, "--email");
        var from = new Option<string?>("--from-signal-tls-proxy")
        {
            Description = "Take over the domain and the certificate of this checkout of Signal-TLS-Proxy.",
            HelpName = "DIR",
        };
        var force = new Option<bool>("--force") { Description = "Replace an existing file without asking." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check the machine and show the file; write nothing." };
        var offline = new Option<bool>("--offline") { Description = "Contact neither DNS nor the certificate authority." };
        var noQr = new Option<bool>("--no-qr") { Description = "Show no QR code." };
        var command = new DocumentedCommand(
            "init", "Set up the proxy: check this machine, write the configuration, show the link to share.", More)
        {
            from,
            force,
            dryRun,
            offline,
            noQr,
        };
        configuration.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var dialogue = new SetupDialogue(Terminal.Create(output));
            var errors = new ConfigurationErrors();
            var flags = ReadFlags(configuration, parsed, errors);
            var checkout = parsed.GetValue(from) is { } directory
                ? ProxyCheckout.Read(directory, flags.Children(Keys.Domains) is [var only] ? only.Value : null)
                : null;
            if (flags.Children(Keys.Domains) is null && checkout is null)
            {
                dialogue.AskForDomain(flags, answer => Try(configuration, parsed, answer), mayWrite: !parsed.GetValue(dryRun));
                UnlistedOffer.Ask(dialogue.Console, flags, configuration.Load(parsed, offline: true).Values);
            }
            else if (flags.Children(Keys.Domains) is null)
            {
                foreach (var name in checkout!.Names)
                    flags.AddItem(Keys.Domains, name, "--domain");
            }
            var loaded = ConfigurationLoader.Load(flags, errors);
            if (loaded.Settings is null)
            {
                ConfigurationOptions.Report(loaded.Errors, error);
                return (int)ExitCode.BadUsage;
            }
            var plan = new SetupPlan
            {
                File = Path.GetFullPath(configuration.GetFile(parsed) ?? ConfigurationLoader.FileToWrite()),
                Settings = loaded.Settings,
                Text = ConfigurationText.Write(loaded.Settings, loaded.Values, withSecrets: !parsed.GetValue(dryRun)),
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

    /// <summary>The flags, with names as people paste them.</summary>
    private static Layer ReadFlags(ConfigurationOptions configuration, ParseResult parsed, ConfigurationErrors errors)
    {
        var flags = new Layer();
        configuration.ReadFlags(parsed, flags, errors, static (key, value) => key == Keys.Domains ? PastedName.Trim(value) : value);
        return flags;
    }

    /// <summary>What the configuration would be with an answer, and what would be wrong with it.</summary>
    private static LoadedConfiguration Try(ConfigurationOptions configuration, ParseResult parsed, Action<Layer> answer)
    {
        var errors = new ConfigurationErrors();
        var layer = ReadFlags(configuration, parsed, errors);
        answer(layer);
        return ConfigurationLoader.Load(layer, errors);
    }
}
