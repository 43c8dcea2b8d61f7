using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Control;

namespace Heliograph.Cli.Certificate;

/// <summary><c>heliograph certificate show|renew|revoke|roll-account-key</c>.</summary>
internal static class CertificateCommand
{
    /// <summary>Far longer than an order takes; if a server is stuck for longer, it continues without us.</summary>
    private static readonly TimeSpan OrderTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShowTimeout = TimeSpan.FromSeconds(10);

    public static Command Create() => new DocumentedCommand("certificate", "Show, renew or revoke the certificate.", """
        These commands ask the running server through control.sock in the state directory: run them as its user, with its configuration.
        """) { CreateShow(), CreateRenew(), CreateRevoke(), CreateRollAccountKey() };

    private static DocumentedCommand CreateShow()
    {
        var options = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new DocumentedCommand("show", "Show the certificate, when and why it will be renewed, and the last error. Without " +
            "a running server: what is stored.", """
            Examples:
              heliograph certificate show
              heliograph certificate show --config /etc/heliograph/heliograph.yaml --json
            """);
        options.AddTo(command);
        command.Add(json);
        command.SetAction(
            (parsed, cancellationToken) =>
                WithSettingsAsync(options, parsed, settings => ShowAsync(settings, parsed.GetValue(json), parsed, cancellationToken)));
        return command;
    }

    private static DocumentedCommand CreateRenew()
    {
        var options = new ConfigurationOptions();
        var force = new Option<bool>("--force") { Description = "Renew even if it is not due, regardless of the authority's limits." };
        var alone = new Option<bool>("--alone")
        {
            Description = "In a fleet whose etcd is away, order for this machine without the others.",
        };
        var command = new DocumentedCommand("renew", "Have the running server renew the certificate now if it is due, " +
            "and wait for the result.", """
            Examples:
              heliograph certificate renew
              heliograph certificate renew --force
              heliograph certificate renew --alone

            The server renews by itself. Use this after fixing a problem, so that you need not wait.
            Let's Encrypt issues up to five certificates for the same names in seven days: keep that in mind with --force.
            A fleet orders nothing while etcd is away. --alone is for a certificate that cannot wait: the others get it when etcd is back.
            """);
        options.AddTo(command);
        command.Add(force);
        command.Add(alone);
        command.SetAction((parsed, cancellationToken) => WithSettingsAsync(options, parsed, settings =>
        {
            var request = new ControlRequest
            {
                Command = CertificateCommands.Renew,
                Force = parsed.GetValue(force),
                Alone = parsed.GetValue(alone),
            };
            return RenewAsync(settings, request, parsed, cancellationToken);
        }));
        return command;
    }

    private static DocumentedCommand CreateRevoke()
    {
        var options = new ConfigurationOptions();
        var reason = new Option<string>("--reason")
        {
            Description = string.Join(", ", CertificateCommands.Reasons.Keys) + ". [default: unspecified]",
            HelpName = "REASON",
        };
        reason.CompletionSources.Add([.. CertificateCommands.Reasons.Keys]);
        reason.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } word && !CertificateCommands.Reasons.ContainsKey(word))
                result.AddError(
                    $"--reason \"{word}\": there is no such reason; allowed: {string.Join(", ", CertificateCommands.Reasons.Keys)}");
        });
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation." };
        var command = new DocumentedCommand("revoke", "Ask the authority to revoke the certificate. " +
            "A running server orders a new one at once.", """
            Examples:
              heliograph certificate revoke --reason key-compromise
              heliograph certificate revoke --reason cessation-of-operation --yes

            Do this if somebody else may have the key. To end the service, stop the server first, so that it orders no new certificate.
            """);
        options.AddTo(command);
        command.Add(reason);
        command.Add(yes);
        command.SetAction(
            (parsed, cancellationToken) =>
                WithSettingsAsync(
                    options,
                    parsed,
                    settings =>
                        RevokeAsync(settings, parsed.GetValue(reason) ?? "unspecified", parsed.GetValue(yes), parsed, cancellationToken)));
        return command;
    }

    private static DocumentedCommand CreateRollAccountKey()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("roll-account-key", "Give the account at the authority another key.", """
            Examples:
              heliograph certificate roll-account-key

            Do this if somebody else may have the account's key, which is in the state directory: a stolen backup, for example. Whoever has
            it can revoke your certificates, and order for your names. The certificate stays; certificate revoke is for its own key.
            """);
        options.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
                WithSettingsAsync(options, parsed, settings => RollAccountKeyAsync(settings, parsed, cancellationToken)));
        return command;
    }

    private static async Task<int> WithSettingsAsync(
        ConfigurationOptions options, ParseResult parsed, Func<Settings, Task<ExitCode>> run) =>
        (int)(
            options.Load(parsed, parsed.InvocationConfiguration.Error).Settings is { } settings ? await run(settings) : ExitCode.BadUsage);

    private static async Task<ExitCode> ShowAsync(Settings settings, bool json, ParseResult parsed, CancellationToken cancellationToken)
    {
        var answer = await ControlClient.AskAsync(
            settings.StateDirectory, new() { Command = CertificateCommands.Show }, ShowTimeout, TimeProvider.System, cancellationToken);
        if (answer is { Certificate: null })
            throw new StartException(
                answer.Message ?? "the running server does not know this command; restart it if it is older than this program"
            );
        var report = answer?.Certificate ?? await StoredCertificate.ReportAsync(settings);
        var output = parsed.InvocationConfiguration.Output;
        if (json)
            CertificateText.WriteJson(output, report);
        else
            CertificateText.Write(output, report, settings, TimeProvider.System.GetUtcNow());
        return ExitCode.Done;
    }

    private static async Task<ExitCode> RenewAsync(
        Settings settings, ControlRequest request, ParseResult parsed, CancellationToken cancellationToken)
    {
        var answer =
            await ControlClient.AskAsync(settings.StateDirectory, request, OrderTimeout, TimeProvider.System, cancellationToken)
            ?? throw new StartException(
                $"no server is running with the state directory {settings.StateDirectory}: start it (heliograph run), and it renews by " +
                "itself; or name the right directory with --state-directory DIR");
        return Report(answer, parsed);
    }

    private static async Task<ExitCode> RevokeAsync(
        Settings settings, string reason, bool yes, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (settings.Certificate.Source != CertificateOrigin.Acme)
            throw new StartException("certificate.source is not acme: ask the issuer of the certificate to revoke it");
        if (!yes && !Confirm(settings, parsed))
            return ExitCode.Failed;
        var request = new ControlRequest { Command = CertificateCommands.Revoke, Reason = reason };
        return Report(
            await ControlClient.AskAsync(settings.StateDirectory, request, OrderTimeout, TimeProvider.System, cancellationToken)
                ?? await StoredCertificate.RevokeAsync(settings, CertificateCommands.Reasons[reason], cancellationToken),
            parsed);
    }

    private static async Task<ExitCode> RollAccountKeyAsync(Settings settings, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (settings.Certificate.Source != CertificateOrigin.Acme)
            throw new StartException("certificate.source is not acme: there is no account here");
        var request = new ControlRequest { Command = CertificateCommands.RollAccountKey };
        return Report(
            await ControlClient.AskAsync(settings.StateDirectory, request, OrderTimeout, TimeProvider.System, cancellationToken)
                ?? await StoredCertificate.RollAccountKeyAsync(settings, cancellationToken),
            parsed);
    }

    /// <summary>A script must pass <c>--yes</c>: waiting for an answer that nobody gives would hang it.</summary>
    private static bool Confirm(Settings settings, ParseResult parsed)
    {
        if (Console.IsInputRedirected)
            throw new StartException(
                "revoking cannot be undone: confirm with --yes, because there is no terminal to ask on", ExitCode.BadUsage);
        parsed.InvocationConfiguration.Output.Write(
            $"Revoke the certificate for {string.Join(", ", settings.Domains)}? This cannot be undone. [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static ExitCode Report(ControlResponse answer, ParseResult parsed)
    {
        if (!answer.Ok)
            throw new StartException(answer.Message ?? "the running server refused, without a reason");
        parsed.InvocationConfiguration.Output.WriteLine(answer.Message);
        return ExitCode.Done;
    }
}
