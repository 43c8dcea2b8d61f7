using Heliograph.Configuration;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay.OuterTls;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting.Reload;

/// <summary>Reads the configuration and the certificate again (SIGHUP). What has an error changes nothing.</summary>
internal sealed class Reloader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Func<LoadedConfiguration> load;
    private readonly LoadedConfiguration started;
    private readonly ServerHost host;
    private readonly ServiceNotifier notifier;
    private readonly LogLevelSwitch level;
    private readonly ILogger logger;
    private readonly SemaphoreSlim turn = new(1);
    private LoadedConfiguration used;
    private int waiting;

    public Reloader(
        Func<LoadedConfiguration> load,
        LoadedConfiguration started,
        ServerHost host,
        ServiceNotifier notifier,
        LogLevelSwitch level,
        ILogger logger)
    {
        this.load = load;
        this.started = used = started;
        this.host = host;
        this.notifier = notifier;
        this.level = level;
        this.logger = logger;
    }

    /// <summary>From a signal: at once, or after the reload under way. One that waits already does for another.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref waiting, 1) == 0)
            _ = Task.Run(ReloadAsync);
    }

    /// <summary>
    /// Waits for the reload under way, but not for ever: files may be on a server that does not answer. There is none after it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref waiting, 1);
        await turn.WaitAsync(Patience);
    }

    private async Task ReloadAsync()
    {
        await turn.WaitAsync();
        Interlocked.Exchange(ref waiting, 0);
        notifier.Reloading();
        try
        {
            host.ConfigurationRefused = !await ApplyAsync(load());
        }
        catch (Exception exception)
        {
            HostLog.Fault(logger, exception);
            HostLog.ConfigurationRefused(logger, $"a fault in the program: {exception.GetType().Name}: {exception.Message}");
            host.ConfigurationRefused = true;
        }
        finally
        {
            notifier.Reloaded();
            turn.Release();
        }
    }

    private async Task<bool> ApplyAsync(LoadedConfiguration read)
    {
        if (read.Settings is null)
        {
            foreach (var error in read.Errors)
                HostLog.ConfigurationRefused(logger, error);
            host.LookForCertificate();
            return false;
        }
        var change = SettingsChange.Between(started, used, read);
        try
        {
            await host.ChangeAsync(read.Settings.StartedAs(started.Settings!), change);
        }
        catch (Exception exception) when (exception is StartException or WebServerException or CertificateException)
        {
            HostLog.ConfigurationRefused(logger, exception.Message);
            return false;
        }
        level.Set(read.Settings.LogLevel);
        used = read;
        HostLog.ConfigurationRead(logger, change.Applied.Count == 0 ? "nothing changed" : $"changed: {Names(change.Applied)}");
        if (change.NeedRestart.Count > 0)
            HostLog.NeedsRestart(logger, Names(change.NeedRestart));
        return true;
    }

    private static string Names(IEnumerable<ConfigurationKey> keys) => string.Join(", ", keys.Select(static key => key.Name));
}
