namespace Heliograph.Hosting.Systemd;

/// <summary>How the service is, for whoever watches over it.</summary>
internal interface IService
{
    /// <summary>A few words about now.</summary>
    string Status { get; }

    /// <summary>Completes when every event loop has answered.</summary>
    Task PingAsync();
}

/// <summary>
/// Tells systemd that the service is ready, how it is, that it lives, and that it stops (sd_notify(3)). Where nobody asked, nothing is sent and no timer runs.
/// </summary>
internal sealed class ServiceNotifier : IAsyncDisposable
{
    /// <summary>How old a status may be. Each is a line in systemd's memory and costs one message.</summary>
    private static readonly TimeSpan SlowPace = TimeSpan.FromSeconds(10);

    /// <summary>What one sign of life adds to the time in which to stop: three times the pace.</summary>
    private static readonly TimeSpan Extension = 3 * SlowPace;

    private readonly NotifySocket? socket;
    private readonly IService service;
    private readonly bool hasWatchdog;
    private readonly TimeSpan pace;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stop = new();
    private string toldStatus = "";
    private volatile bool stopping;
    private Task beating = Task.CompletedTask;

    public ServiceNotifier(SystemdEnvironment environment, IService service, TimeProvider timeProvider)
    {
        socket = NotifySocket.Open(environment.NotifySocket);
        this.service = service;
        this.timeProvider = timeProvider;
        hasWatchdog = environment.Watchdog is not null;
        pace = environment.Watchdog is { } limit && limit / 2 < SlowPace ? limit / 2 : SlowPace;
    }

    /// <summary>Everything listens; from now on there are signs of life.</summary>
    public void Ready()
    {
        socket?.Send("READY=1", Status());
        if (socket is not null)
            beating = BeatAsync(socket);
    }

    /// <summary>The configuration is read again, until <see cref="Reloaded"/>.</summary>
    public void Reloading() =>
        socket?.Send("RELOADING=1", $"MONOTONIC_USEC={(long)(timeProvider.GetTimestamp() / (double)timeProvider.TimestampFrequency * 1_000_000)}", "STATUS=reading the configuration");

    public void Reloaded() => socket?.Send("READY=1", Status());

    public void Stopping()
    {
        stopping = true;
        socket?.Send("STOPPING=1", Status(), MoreTime);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket?.Dispose();
        stop.Dispose();
    }

    private static string MoreTime => $"EXTEND_TIMEOUT_USEC={(long)Extension.TotalMicroseconds}";

    /// <summary>A loop that is stuck does not answer, and then nothing more is told: the watchdog's time runs out, or the time in which to stop.</summary>
    private async Task BeatAsync(NotifySocket socket)
    {
        using var timer = new PeriodicTimer(pace, timeProvider);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            await service.PingAsync().WaitAsync(stop.Token);
            List<string> told = [];
            if (hasWatchdog)
                told.Add("WATCHDOG=1");
            if (stopping)
                told.Add(MoreTime);
            if (service.Status != toldStatus)
                told.Add(Status());
            if (told.Count > 0)
                socket.Send(told);
        }
    }

    private string Status() => $"STATUS={toldStatus = service.Status}";
}
