using Heliograph.Certificates;
using Heliograph.Control;
using Heliograph.Machine;

namespace Heliograph.Checking;

/// <summary>Checks whether the server is running, and what it reports about its certificate.</summary>
internal static class ServerCheck
{
    public const string Name = "server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<Finding> RunAsync(string stateDirectory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ControlClient.AskAsync(
                stateDirectory, new ControlRequest { Command = CertificateCommands.Show }, Patience, timeProvider, cancellationToken);
            return Evaluate(stateDirectory, answer?.Certificate, isRunning: answer is not null);
        }
        catch (StartException exception)
        {
            return new(Name, Severity.Warning, exception.Message, "Run this with sudo, or as the user that the server runs as.");
        }
    }

    /// <param name="stateDirectory">The server's state directory.</param>
    /// <param name="certificate">What it reports; null: nothing.</param>
    /// <param name="isRunning">Whether it answered.</param>
    public static Finding Evaluate(string stateDirectory, CertificateReport? certificate, bool isRunning)
    {
        if (!isRunning)
            return new(
                Name,
                Severity.Failure,
                $"no server is running with the state directory {stateDirectory}",
                $"Start the server: {Sudo.Prefix}systemctl start heliograph, or heliograph run.");
        return certificate switch
        {
            { Names: null, LastError: { } error } => new(
                Name,
                Severity.Failure,
                $"running, without a certificate: {error}",
                $"Fix that; the server retries by itself. To retry at once: {Sudo.Prefix}heliograph certificate renew."),
            { Names: null, Source: "acme" } => new(
                Name,
                Severity.Warning,
                "running, and waiting for its first certificate",
                "Wait a minute and check again; heliograph certificate show reports the progress."),
            { LastError: { } error } => new(
                Name,
                Severity.Warning,
                $"running; its certificate was not renewed: {error}",
                $"Fix that; the server retries by itself. To retry at once: {Sudo.Prefix}heliograph certificate renew."),
            _ => new(Name, Severity.Ok, "running"),
        };
    }
}
