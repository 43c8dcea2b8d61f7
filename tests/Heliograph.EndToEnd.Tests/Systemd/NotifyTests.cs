using System.Globalization;
using Heliograph.Hosting.Systemd;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>What systemd hears of the service, and when it hears no more.</summary>
public sealed class NotifyTests : IDisposable
{
    private static readonly string[] Variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

    private readonly TempDirectory directory = new();
    private readonly ManualTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Service service = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_says_when_it_is_ready_reads_its_configuration_and_stops()
    {
        await using var managed = new ManagedService();
        managed.Start("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }");
        var ready = await managed.Notify.WaitForAsync("READY=1");
        Assert.Matches(@"^STATUS=0 connections; certificate good for [0-9]+ (days|hours)$", ready[1]);
        // It serves when it says so.
        await using (await TlsInTlsClient.ConnectOuterAsync(managed.Client("b.example"), Bound.Token))
        {
        }

        managed.Manager.Signal(Processes.SIGHUP);
        var reloading = await managed.Notify.WaitForAsync("RELOADING=1");
        Assert.Matches("^MONOTONIC_USEC=[0-9]+$", reloading[1]);
        await managed.Notify.WaitForAsync("READY=1");

        managed.Manager.Signal(Processes.SIGTERM);
        var stopping = await managed.Notify.WaitForAsync("STOPPING=1");
        Assert.Matches("^STATUS=draining, [01] connections? left$", stopping[1]);
        Assert.Equal(0, await managed.Manager.WaitForExitAsync(Bound.Prompt));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_gives_signs_of_life_at_half_of_the_watchdogs_time()
    {
        await using var managed = new ManagedService();
        managed.Start("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }", environment: ("WATCHDOG_USEC", "200000"));
        for (var sign = 0; sign < 5; sign++)
            await managed.Notify.WaitForAsync("WATCHDOG=1");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_loop_that_does_not_answer_silences_the_signs_of_life()
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
        // Nothing came between.
        Assert.Equal("RELOADING=1", (await notify.WaitForAsync(static _ => true))[0]);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_status_is_told_when_it_has_changed_and_the_time_to_stop_is_extended_while_it_drains()
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
    public async Task Where_nobody_listens_nothing_happens(string? socket)
    {
        await using var notifier = Notifier(socket, watchdog: null);
        notifier.Ready();
        notifier.Reloading();
        notifier.Reloaded();
        notifier.Stopping();
    }

    [Fact]
    public void The_variables_are_taken_away_from_the_programs_that_are_started_and_those_of_another_process_are_not_meant()
    {
        var other = (Environment.ProcessId + 1).ToString(CultureInfo.InvariantCulture);
        var environment = Take("/run/notify", "1000000", other, other, "1", "name");
        Assert.Equal("/run/notify", environment.NotifySocket);
        Assert.Null(environment.Watchdog);
        Assert.Empty(environment.Descriptors);
        Assert.All(Variables, static variable => Assert.Null(Environment.GetEnvironmentVariable(variable)));
    }

    [Fact]
    public void Descriptors_begin_with_the_third_and_have_the_names_of_their_units()
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

    /// <summary>Once somebody waits for the next beat, moves the clock there.</summary>
    private async Task BeatAsync()
    {
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Bound.Prompt);
        var pinged = service.Pinged;
        time.Advance(TimeSpan.FromSeconds(10));
        if (!service.IsStuck)
            await pinged.WaitAsync(Bound.Prompt, Bound.Token);
    }

    /// <summary>A service of which the test says how it is.</summary>
    private sealed class Service : IService
    {
        private readonly TaskCompletionSource stuckAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource pinged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Status { get; set; } = "one";

        public bool IsStuck { get; private set; }

        /// <summary>Completes with the next answer.</summary>
        public Task Pinged => pinged.Task;

        /// <summary>From now on a loop is stuck.</summary>
        /// <returns>Completes when that was asked.</returns>
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
