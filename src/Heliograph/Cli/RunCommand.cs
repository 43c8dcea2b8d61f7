using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli;

/// <summary><c>heliograph run</c>: the server, until a signal ends it.</summary>
internal static class RunCommand
{
    /// <summary>The last line at start, alone: from now on clients are served. Scripts wait for it.</summary>
    public const string ReadyLine = "ready";

    private const string More = """
        Examples:
          heliograph run --domain proxy.example.org
          heliograph run --config /etc/heliograph/heliograph.yaml
          heliograph run --domain proxy.example.org --certificate-chain fullchain.pem --certificate-key privkey.pem
          heliograph run --domain localhost --certificate-source self-signed --listen 127.0.0.1:8443 --http-listen none \
              --state-directory ~/.local/state/heliograph

        At start it says what it serves, on standard output, and then the line "ready". Logs go to standard error.
        Every key can also be given in the environment: HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m, HELIOGRAPH__DOMAINS=a.example.org,b.example.org.
        Signals: SIGTERM or SIGINT ends it once connections are done, within limits.drain_timeout; a second one at once.
                 SIGHUP reads the certificate again, or looks whether it is to be renewed.
        """;

    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var level = new Option<string>("--log-level")
        {
            Description = "trace, debug, info, warning or error. No level logs who connects or to where. [default: info]",
            HelpName = "LEVEL",
        };
        level.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } word && !Levels.ContainsKey(word))
                result.AddError($"--log-level \"{word}\": there is no such level; allowed: {string.Join(", ", Levels.Keys)}");
        });
        var command = new DocumentedCommand("run", "Run the proxy.", More);
        options.AddTo(command);
        command.Add(level);
        command.SetAction((parsed, _) => RunAsync(options, Levels[parsed.GetValue(level) ?? "info"], parsed));
        return command;
    }

    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.Ordinal)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    private static async Task<int> RunAsync(ConfigurationOptions options, LogLevel level, ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (options.Load(parsed, error).Settings is not { } settings)
            return (int)ExitCode.BadUsage;
        ProcessSetup.Apply();
        using var logs = Logging.Create(level);
        using var signals = new Signals();
        try
        {
            await ServeAsync(settings, logs, signals, output);
            return (int)ExitCode.Done;
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return (int)ExitCode.Done;
        }
        catch (Exception e) when (e is not StartException)
        {
            HostLog.Fault(logs.CreateLogger("Heliograph"), e);
            throw;
        }
    }

    private static async Task ServeAsync(Settings settings, ILoggerFactory logs, Signals signals, TextWriter output)
    {
        await using var host = await ServerHost.StartAsync(settings, TimeProvider.System, logs, signals.Stopping);
        signals.Reload = host.Reload;
        StartupText.Write(output, settings, host);
        output.WriteLine(ReadyLine);
        output.Flush();
        await signals.WaitAsync();
        var log = logs.CreateLogger("Heliograph");
        HostLog.Stopping(log, host.Connections, Values.Write(settings.Limits.DrainTimeout));
        var left = await host.DrainAsync();
        HostLog.Stopped(log, left);
    }
}
