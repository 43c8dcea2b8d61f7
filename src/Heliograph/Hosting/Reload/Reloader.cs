using Heliograph.Configuration;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay.OuterTls;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting.Reload;

/// <summary>Reloads the configuration and the certificate (SIGHUP). Either of them changes nothing if it has an error.</summary>
internal sealed class Reloader : IAsyncDisposable
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly Func<LoadedConfiguration> load;
    private readonly LoadedConfiguration started;
    private readonly ServerHost host;
    private readonly ServiceNotifier notifier;
    private readonly LogLevelSwitch level;
    private readonly ILogger logger;
    private readonly SemaphoreSlim mutex = new(1);
    private LoadedConfiguration current;
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
        this.started = current = started;
        this.host = host;
        this.notifier = notifier;
        this.level = level;
        this.logger = logger;
    }

    /// <summary>
    /// Called by a signal: reloads at once, or after the reload in progress. A request that is already waiting covers this one too.
    /// </summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref waiting, 1) == 0)
            _ = Task.Run(ReloadAsync);
    }

    /// <summary>
    /// Waits for the reload in progress, but not forever: the files may be on a server that does not respond. No reload starts after this.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref waiting, 1);
        await mutex.WaitAsync(DisposeTimeout);
    }

    private async Task ReloadAsync()
    {
        await mutex.WaitAsync();
        Interlocked.Exchange(ref waiting, 0);
        notifier.Reloading();
        try
        {
            host.ConfigurationRejected = !await ApplyAsync(load());
        }
        catch (Exception exception)
        {
            HostLog.Fault(logger, exception);
            HostLog.ConfigurationRejected(logger, UnexpectedError.Describe(exception));
            host.ConfigurationRejected = true;
        }
        finally
        {
            notifier.Reloaded();
            mutex.Release();
        }
    }

    private async Task<bool> ApplyAsync(LoadedConfiguration loaded)
    {
        if (loaded.Settings is null)
        {
            foreach (var error in loaded.Errors)
                HostLog.ConfigurationRejected(logger, error);
            host.CheckForCertificate();
            return false;
        }
        var change = SettingsChange.Between(started, current, loaded);
        try
        {
            await host.ChangeAsync(loaded.Settings.StartedAs(started.Settings!), change);
        }
        catch (Exception exception) when (exception is StartException or WebServerException or CertificateException)
        {
            HostLog.ConfigurationRejected(logger, exception.Message);
            return false;
        }
        level.Set(loaded.Settings.LogLevel);
        current = loaded;
        HostLog.ConfigurationReloaded(logger, change.Applied.Count == 0 ? "nothing changed" : $"changed: {Names(change.Applied)}");
        if (change.NeedRestart.Count > 0)
            HostLog.NeedsRestart(logger, Names(change.NeedRestart));
        return true;
    }

    private static string Names(IEnumerable<ConfigurationKey> keys) => string.Join(", ", keys.Select(static key => key.Name));
}
