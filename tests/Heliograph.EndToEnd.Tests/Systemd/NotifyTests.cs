using System.Globalization;
using Heliograph.Hosting.Systemd;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>What the service reports to systemd, and when it stops reporting.</summary>
public sealed class NotifyTests : IDisposable
{
    private static readonly string[] Variables =
    [
        "NOTIFY_SOCKET",
        "WATCHDOG_USEC",
        "WATCHDOG_PID",
        "LISTEN_PID",
        "LISTEN_FDS",
        "LISTEN_FDNAMES",
    ];

    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Service service = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_reports_when_it_is_ready_reloads_and_stops()
    {
        await using var managed = new ManagedService();
        managed.Start("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }");
        var ready = await managed.Notify.WaitForAsync("READY=1");
        Assert.Matches(@"^STATUS=0 connections; certificate valid for [0-9]+ (days|hours)$", ready[1]);
        // Once it reports ready, it serves.
        await using (await TlsInTlsClient.ConnectOuterAsync(managed.Client("b.example"), Bound.Token))
        {
        }

        managed.Manager.Signal(Processes.SIGHUP);
        var reloading = await managed.Notify.WaitForAsync("RELOADING=1");
        Assert.Matches("^MONOTONIC_USEC=[0-9]+$", reloading[1]);
        await managed.Notify.WaitForAsync("READY=1");

        managed.Manager.Signal(Processes.SIGTERM);
        var stopping = await managed.Notify.WaitForAsync("STOPPING=1");
        Assert.Matches("^STATUS=draining, (0|up to 8) connections left$", stopping[1]);
        Assert.Equal(0, await managed.Manager.WaitForExitAsync(Bound.Prompt));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_sends_signs_of_life_at_half_the_watchdog_interval()
    {
        await using var managed = new ManagedService();
        managed.Start("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }", environment: ("WATCHDOG_USEC", "200000"));
        for (var sign = 0; sign < 5; sign++)
            await managed.Notify.WaitForAsync("WATCHDOG=1");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_stuck_event_loop_stops_the_signs_of_life()
    {
        await using var notify = NotifyListener.InTheAbstractNamespace();
        await using var notifier = Notifier(notify.Variable, "20000000");
        notifier.Ready();
        await notify.WaitForAsync("READY=1");
        await BeatAsync();
        await notify.WaitForAsync("WATCHDOG=1");

        var stuck = service.Stick();
        await BeatAsync();
        await stuck;
        await BeatAsync();
        await BeatAsync();
        notifier.Reloading();
        // Nothing was sent in between.
        Assert.Equal("RELOADING=1", (await notify.WaitForAsync(static _ => true))[0]);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_status_is_sent_when_it_has_changed_and_the_stop_timeout_is_extended_while_it_drains()
    {
        await using var notify = NotifyListener.AtPath(directory);
        await using var notifier = Notifier(notify.Variable, watchdog: null);
        notifier.Ready();
        Assert.Equal(["READY=1", "STATUS=one"], await notify.WaitForAsync(static _ => true));
        await BeatAsync();
        service.Status = "two";
        await BeatAsync();
        Assert.Equal(["STATUS=two"], await notify.WaitForAsync(static _ => true));
        notifier.Stopping();
        Assert.Equal(["STOPPING=1", "STATUS=two", "EXTEND_TIMEOUT_USEC=30000000"], await notify.WaitForAsync(static _ => true));
        await BeatAsync();
        Assert.Equal(["EXTEND_TIMEOUT_USEC=30000000"], await notify.WaitForAsync(static _ => true));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nobody/listens/here")]
    public async Task Without_a_usable_notify_socket_nothing_is_sent(string? socket)
    {
        await using var notifier = Notifier(socket, watchdog: null);
        notifier.Ready();
        notifier.Reloading();
        notifier.Reloaded();
        notifier.Stopping();
    }

    [Fact]
    public void Child_programs_do_not_inherit_the_variables_and_those_meant_for_another_process_are_ignored()
    {
        var other = (Environment.ProcessId + 1).ToString(CultureInfo.InvariantCulture);
        var environment = Take("/run/notify", "1000000", other, other, "1", "name");
        Assert.Equal("/run/notify", environment.NotifySocket);
        Assert.Null(environment.Watchdog);
        Assert.Empty(environment.Descriptors);
        Assert.All(Variables, static variable => Assert.Null(Environment.GetEnvironmentVariable(variable)));
    }

    [Fact]
    public void Descriptors_start_at_3_and_have_the_names_from_their_units()
    {
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var environment = Take(null, "1000000", self, self, "3", "https:http");
        Assert.Equal(TimeSpan.FromSeconds(1), environment.Watchdog);
        Assert.Equal([new(3, "https"), new(4, "http"), new(5, "unknown")], environment.Descriptors);
    }

    private static SystemdEnvironment Take(params string?[] values)
    {
        foreach (var (variable, value) in Variables.Zip(values))
            Environment.SetEnvironmentVariable(variable, value);
        return SystemdEnvironment.ReadAndClear();
    }

    private ServiceNotifier Notifier(string? socket, string? watchdog) => new(Take(socket, watchdog), service, time);

    /// <summary>Once the notifier waits for the next beat, advances the clock to it.</summary>
    private async Task BeatAsync()
    {
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Bound.Prompt);
        var pinged = service.Pinged;
        time.Advance(TimeSpan.FromSeconds(10));
        if (!service.IsStuck)
            await pinged.WaitAsync(Bound.Prompt, Bound.Token);
    }

    /// <summary>A service whose state the test controls.</summary>
    private sealed class Service : IService
    {
        private readonly TaskCompletionSource stuckAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource pinged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Status { get; set; } = "one";

        public bool IsStuck { get; private set; }

        /// <summary>Completes with the next answer.</summary>
        public Task Pinged => pinged.Task;

        /// <summary>From now on an event loop is stuck.</summary>
        /// <returns>Completes at the next ping.</returns>
        public Task Stick()
        {
            IsStuck = true;
            return stuckAsked.Task;
        }

        public Task PingAsync()
        {
            if (IsStuck)
            {
                stuckAsked.TrySetResult();
                return new TaskCompletionSource().Task;
            }
            var answered = pinged;
            pinged = new(TaskCreationOptions.RunContinuationsAsynchronously);
            answered.SetResult();
            return Task.CompletedTask;
        }
    }
}
