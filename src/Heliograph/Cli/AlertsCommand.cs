using System.CommandLine;
using Heliograph.Alerts;
using Heliograph.Configuration;

namespace Heliograph.Cli;

/// <summary><c>heliograph alerts test</c>.</summary>
internal static class AlertsCommand
{
    public static Command Create() => new DocumentedCommand("alerts", "Test who is notified of problems.", """
        A running server notifies alerts.exec and alerts.webhook when its certificate is not renewed, one of Signal's hosts is down, or its
        self-check fails: at most once a day for each.
        """) { CreateTest() };

    private static DocumentedCommand CreateTest()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("test", "Send a test message to alerts.exec and alerts.webhook, and report the result.", """
            Examples:
              heliograph alerts test
              heliograph alerts test --config /etc/heliograph/heliograph.yaml

            Needs no running server. Run it as the server's user. Exits with 0 if every message was delivered, otherwise with 1.
            """);
        options.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
                options.Load(parsed, parsed.InvocationConfiguration.Error).Settings is { } settings
                    ? (int)await TestAsync(settings, parsed.InvocationConfiguration.Output, cancellationToken)
                    : (int)ExitCode.BadUsage);
        return command;
    }

    private static async Task<ExitCode> TestAsync(Settings settings, TextWriter output, CancellationToken cancellationToken)
    {
        // A person is waiting: one attempt is enough.
        var targets = AlertTarget.Open(settings.Alerts, pauses: [], TimeProvider.System);
        if (targets.Count == 0)
            throw new StartException(
                $"alerts go to the log only: name a program in {Keys.AlertsExec.Name}, or an address in {Keys.AlertsWebhook.Name}",
                ExitCode.BadUsage);
        var message = AlertWatch.Create(
            settings.Domains[0], AlertCause.Test, AlertState.Failing, "this is a test; nothing is wrong", TimeProvider.System.GetUtcNow());
        var code = ExitCode.Done;
        foreach (var target in targets)
        {
            var problem = await target.SendAsync(message, cancellationToken);
            output.WriteLine($"{target.Name}: {(problem is null ? "delivered" : $"not delivered: {problem}")}");
            if (problem is not null)
                code = ExitCode.Failed;
        }
        return code;
    }
}
