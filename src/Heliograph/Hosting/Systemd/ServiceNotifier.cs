namespace Heliograph.Hosting.Systemd;

/// <summary>The service's status, for its supervisor.</summary>
internal interface IService
{
    /// <summary>One line about its current state.</summary>
    string Status { get; }

    /// <summary>Completes when every event loop has answered.</summary>
    Task PingAsync();
}

/// <summary>
/// Reports to systemd that the service is ready, what it is doing, that it is alive, and that it is stopping (sd_notify(3)). Without a
/// notify socket it sends nothing and runs no timer.
/// </summary>
internal sealed class ServiceNotifier : IAsyncDisposable
{
    /// <summary>How old a status may be. Each costs one message and is a line in systemd's memory.</summary>
    private static readonly TimeSpan SlowPace = TimeSpan.FromSeconds(10);

    /// <summary>How far one sign of life extends the time allowed for stopping: three times the pace.</summary>
    private static readonly TimeSpan Extension = 3 * SlowPace;

    private readonly NotifySocket? socket;
    private readonly IService service;
    private readonly bool hasWatchdog;
    private readonly TimeSpan pace;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stop = new();
    private string sentStatus = "";
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

    /// <summary>
    /// The watchdog's time also runs while another program takes the place of this process. Only to be sent by one that was ready: during
    /// a start, it would make that time begin.
    /// </summary>
    public static void SignOfLife(SystemdEnvironment environment)
    {
        if (environment.Watchdog is null)
            return;
        using var socket = NotifySocket.Open(environment.NotifySocket);
        socket?.Send("WATCHDOG=1");
    }

    /// <summary>Everything listens; signs of life are sent from now on.</summary>
    public void Ready()
    {
        // The watchdog's time also runs while one process takes the place of another.
        socket?.Send(["READY=1", Status(), .. hasWatchdog ? ["WATCHDOG=1"] : Array.Empty<string>()]);
        if (socket is not null)
            beating = BeatAsync(socket);
    }

    /// <summary>A reload begins; it ends with <see cref="Reloaded"/>.</summary>
    public void Reloading() =>
        socket?.Send(
            "RELOADING=1",
            $"MONOTONIC_USEC={(long)(timeProvider.GetTimestamp() / (double)timeProvider.TimestampFrequency * 1_000_000)}",
            "STATUS=reading the configuration");

    public void Reloaded() => socket?.Send("READY=1", Status());

    /// <summary>
    /// Another program takes the place of this process. systemd is not told that it stops, because then it would wait for its end.
    /// </summary>
    public void Restarting() => socket?.Send(Status());

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

    /// <summary>
    /// An event loop that is stuck does not answer, and then nothing more is sent: the watchdog expires, or the time allowed for stopping.
    /// </summary>
    private async Task BeatAsync(NotifySocket socket)
    {
        using var timer = new PeriodicTimer(pace, timeProvider);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            await service.PingAsync().WaitAsync(stop.Token);
            List<string> assignments = [];
            if (hasWatchdog)
                assignments.Add("WATCHDOG=1");
            if (stopping)
                assignments.Add(MoreTime);
            if (service.Status != sentStatus)
                assignments.Add(Status());
            if (assignments.Count > 0)
                socket.Send(assignments);
        }
    }

    private string Status() => $"STATUS={sentStatus = service.Status}";
}
