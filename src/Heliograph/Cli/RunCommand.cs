using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Hosting.Reload;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli;

/// <summary><c>heliograph run</c>: the server, until a signal ends it.</summary>
internal static class RunCommand
{
    /// <summary>The last line at start: from then on clients are served. Scripts wait for it.</summary>
    public const string ReadyLine = "ready";

    private const string More = """
        Examples:
          heliograph run --domain proxy.example.org
          heliograph run --config /etc/heliograph/heliograph.yaml
          heliograph run --domain proxy.example.org --certificate-chain fullchain.pem --certificate-key privkey.pem
          heliograph run --domain localhost --certificate-source self-signed --listen 127.0.0.1:8443 --http-listen none \
              --state-directory ~/.local/state/heliograph

        At start it prints what it serves to standard output, and then the line "ready". Logs go to standard error.
        Every key can also be set in the environment:
          HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m, HELIOGRAPH__DOMAINS=a.example.org,b.example.org
        Signals: SIGTERM or SIGINT stops it once connections are done, within limits.drain_timeout; a second one stops it at once.
                 SIGHUP reloads the configuration and the certificate; if either has an error, nothing changes.
        """;

    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var command = new DocumentedCommand("run", "Run the proxy.", More);
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationOptions options, ParseResult parsed)
    {
        // First of all: until then SIGHUP ends the program.
        using var signals = new Signals();
        Hangup.Unblock();
        ProcessSetup.Apply();
        // Before anything else: what runs out of them later fails anywhere, and says anything.
        ResourceLimits.Require();
        var systemd = SystemdEnvironment.ReadAndClear();
        var successor = new Successor(systemd);
        var loaded = options.Load(parsed, parsed.InvocationConfiguration.Error);
        if (loaded.Settings is null)
            return (int)ExitCode.BadUsage;
        var level = new LogLevelSwitch(loaded.Settings.LogLevel);
        using var logs = Logging.Create(level, loaded.Settings.LogFormat);
        try
        {
            var restarts = await ServeAsync(
                loaded, () => options.Load(parsed), systemd, successor, logs, level, signals, parsed.InvocationConfiguration.Output);
            if (!restarts || signals.Stopping.IsCancellationRequested)
                return (int)ExitCode.Done;
            ServiceNotifier.SignOfLife(systemd);
            throw new StartException(successor.Start());
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return (int)ExitCode.Done;
        }
        catch (StartException exception) when (loaded.Settings.LogFormat == LogFormat.Json)
        {
            // Whoever collects the log as JSON gets this line too.
            HostLog.CannotStart(logs.CreateLogger("Heliograph"), exception.Message);
            return (int)exception.Code;
        }
        catch (Exception exception) when (exception is not StartException)
        {
            HostLog.Fault(logs.CreateLogger("Heliograph"), exception);
            throw;
        }
    }

    /// <returns>Whether the installed program is to take the place of this process.</returns>
    private static async Task<bool> ServeAsync(
        LoadedConfiguration loaded,
        Func<LoadedConfiguration> load,
        SystemdEnvironment systemd,
        Successor successor,
        ILoggerFactory loggerFactory,
        LogLevelSwitch level,
        Signals signals,
        TextWriter output)
    {
        var settings = loaded.Settings!;
        var log = loggerFactory.CreateLogger("Heliograph");
        var wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sockets = ActivatedSockets.Match(systemd.Descriptors, settings);
        sockets.CloseSurplus();
        await using var host = await ServerHost.StartAsync(settings, sockets, TimeProvider.System, loggerFactory, signals.Stopping);
        await using var notifier = new ServiceNotifier(systemd, host, TimeProvider.System);
        await using (var reloader = new Reloader(load, loaded, host, notifier, level, log))
        {
            // After "ready" a reload may be requested at once.
            signals.Reload = reloader.Request;
            notifier.Ready();
            StartupText.Write(output, settings, host);
            output.WriteLine(ReadyLine);
            output.Flush();
            host.AcceptRestarts(() => FindProblemAsync(load, host, systemd, log), () => wanted.TrySetResult());
            await Task.WhenAny(signals.WaitAsync(), wanted.Task);
        }
        var restarts = !signals.Stopping.IsCancellationRequested;
        if (restarts)
            successor.Take(await host.HandOverAsync());
        var (open, timeout) = (RoundedCount.Describe(host.Connections), Values.Write(host.DrainTimeout));
        if (restarts)
            HostLog.Restarting(log, open, timeout);
        else
            HostLog.Stopping(log, open, timeout);
        var drained = host.DrainAsync();
        if (restarts)
            notifier.Restarting();
        // At once, or when it has to stop while it drains for a restart.
        using var stopping = signals.Stopping.Register(notifier.Stopping);
        var left = RoundedCount.Describe(await drained);
        if (signals.Stopping.IsCancellationRequested)
            HostLog.Stopped(log, left);
        else
            HostLog.Drained(log, left);
        return restarts;
    }

    /// <summary>Why this process must not end: the next one would not start.</summary>
    private static async Task<string?> FindProblemAsync(
        Func<LoadedConfiguration> load, ServerHost host, SystemdEnvironment systemd, ILogger logger)
    {
        var loaded = load();
        if (loaded.Settings is not { } settings)
            return string.Join("; ", loaded.Errors);
        var files = await StartRehearsal.FindProblemsAsync(settings, TimeProvider.System, logger);
        var addresses = AddressRehearsal.FindProblems(settings, systemd.Describe(host.Descriptors), host.MetricsEndpoints);
        return files.Count + addresses.Count == 0 ? null : string.Join("; ", files.Concat(addresses));
    }
}
