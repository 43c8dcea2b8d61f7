using System.CommandLine;
using Heliograph.Demo;
using Heliograph.Hosting;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli;

/// <summary><c>heliograph demo</c>: the proxy at work, on a machine with no domain, no certificate and no internet.</summary>
internal static class DemoCommand
{
    private const string More = """
        Example:
          heliograph demo

        All in this one process, on loopback addresses: the real server with a throw-away certificate, a stand-in for Signal, a client that
        sends messages (TLS inside TLS), and between client and server a hop that records every byte, as a censor would.
        It checks and shows what the censor, the operator and Signal each saw; then it requests the web page that everyone else gets.
        Needs no root, no configuration and no network, and leaves nothing behind. Exits with 0 if every byte came back intact and every
        check passed; otherwise with 1 and the check that failed.
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var command = new DocumentedCommand(
            "demo", "Show the proxy at work on this machine alone, and what each party along the way sees.", More);
        command.SetAction(
            async (parsed, _) =>
            {
                ProcessSetup.Apply();
                ResourceLimits.Require();
                using var signals = new Signals();
                return (int)
                    await RunAsync(
                        static message => message,
                        parsed.InvocationConfiguration.Output,
                        parsed.InvocationConfiguration.Error,
                        signals.Stopping);
            });
        return command;
    }

    /// <param name="answer">How the stand-in for Signal answers a message.</param>
    /// <param name="output">For the story.</param>
    /// <param name="error">For the check that failed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    internal static async Task<ExitCode> RunAsync(
        Func<byte[], byte[]> answer, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var logs = Logging.Create(LogLevel.Warning);
        try
        {
            await DemoRun.RunAsync(new DemoText(Terminal.Create(output)), answer, TimeProvider.System, logs, either.Token);
            return ExitCode.Done;
        }
        catch (DemoException exception)
        {
            output.Flush();
            error.WriteLine($"heliograph: demo: {exception.Message}");
            return ExitCode.Failed;
        }
    }
}
