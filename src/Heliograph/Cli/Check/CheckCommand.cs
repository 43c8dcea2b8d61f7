using System.CommandLine;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Hosting;

namespace Heliograph.Cli.Check;

/// <summary><c>heliograph check [HOST[:PORT]]</c>: is a proxy working?</summary>
internal static class CheckCommand
{
    private const string More = """
        Examples:
          heliograph check proxy.example.org
          heliograph check https://signal.tube/#proxy.example.org
          heliograph check proxy.example.org --route grpc.chat.signal.org --json
          heliograph check proxy.example.org --resolve proxy.example.org:203.0.113.7
          heliograph check

        Any proxy can be checked, Signal's own too: its name, its certificate, each of Signal's hosts through it, and what a stranger sees of it.
        Without HOST it looks at this machine first, and then at the domains of its configuration.
        Only the proxy is connected to. If it cannot be reached at all, one host that has nothing to do with Signal is tried too (--neutral), to
        tell whether the network here is down. Signal's hosts are not dialled from here, but on the proxy's own machine and with --direct.

        Exit codes: 0 works, 3 works with warnings, 1 does not work, 2 bad usage.
        """;

    public static Command Create()
    {
        var options = new CheckArguments();
        var command = new DocumentedCommand("check", "Is a proxy working? Any proxy; without HOST this machine's.", More);
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command;
    }

    private static async Task<int> RunAsync(CheckArguments arguments, ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (arguments.Read(parsed, error) is not { } asked)
            return (int)ExitCode.BadUsage;
        Settings? settings = null;
        if (asked.Proxy is null && (settings = arguments.LoadConfiguration(parsed, error)) is null)
            return (int)ExitCode.BadUsage;
        using var signals = new Signals();
        try
        {
            var result = await CheckDisplay.WhileAsync(error, asked.Json, asked.Quiet, progress => settings is null
                ? OneAsync(asked.Options, progress, signals.Stopping)
                : LocalCheck.RunAsync(settings, asked.Options, asked.ChoosesRoutes, progress, TimeProvider.System, signals.Stopping));
            if (asked.Json)
                CheckJson.Write(output, result);
            else
                CheckText.Write(output, result);
            return (int)result.ExitCode;
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            error.WriteLine("heliograph: check: interrupted");
            return (int)ExitCode.Failed;
        }
    }

    private static async Task<CheckResult> OneAsync(CheckOptions options, IProgress<CheckProgress> progress, CancellationToken cancellationToken)
    {
        var report = await ProxyCheck.RunAsync(options, progress, TimeProvider.System, cancellationToken);
        return new CheckResult { Verdict = report.Verdict, Summary = report.Summary, Machine = [], Proxies = [report] };
    }
}
