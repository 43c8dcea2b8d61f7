using System.Security.Cryptography;
using Heliograph.Fleet.Leases;
using Heliograph.Fleet.Restarts;
using Heliograph.Fleet.Sealing;
using Heliograph.Membership;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Tests.Membership;

/// <summary>How a machine takes its turn to restart, and gives it back.</summary>
[Trait("Needs", "server")]
public sealed class MachineRestartTests : IDisposable
{
    private const string Machine = "vps1";

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly TempDirectory directory = new();
    private readonly RecordingLogger log = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task The_turn_that_a_process_has_taken_is_given_back_by_the_next_one_only()
    {
        await using var etcd = await EtcdServer.StartAsync();
        using var access = Open(etcd.Endpoint.ToString(), etcd.Pin);
        await using var lease = await KeptLease.GrantAsync(access.Client, Life, TimeProvider.System, Bound.Token);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new MachineRestart(Files(), TimeProvider.System, log);
        await using (new Run(process, access.Restarts, begun.SetResult))
        {
            await access.Restarts.AskAsync(Machine, "1", lease, Bound.Token);
            await begun.Task.WaitAsync(Bound.Token);
        }
        // It drains, and goes over to another key of the fleet, or begins anew after a failure.
        await using (new Run(process, access.Restarts, begun.SetResult))
        {
            await access.Restarts.AskAsync(Machine, "2", lease, Bound.Token);
            await UntilAsync(access, RestartState.Refused);
        }
        Assert.NotNull(Files().ReadTurn());

        await using (new Run(new MachineRestart(Files(), TimeProvider.System, log), access.Restarts, static () => { }))
        {
            await Polling.UntilAsync(() => Files().ReadTurn() is null, Life, "the turn is not given back");
            await access.Restarts.AskAsync(Machine, "3", lease, Bound.Token);
            await UntilAsync(access, RestartState.Draining);
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_turn_that_cannot_be_given_back_is_forgotten_once_it_has_run_out()
    {
        using var nobody = LoopbackPort.Refusing(out var endpoint);
        using var access = Open($"https://{endpoint}", new string('a', 64));
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Files().Write(new RestartTurn("1", Lease: 7));
        await using var run = new Run(new MachineRestart(Files(), time, log), access.Restarts, static () => { });
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Bound.Prompt);
        Assert.NotNull(Files().ReadTurn());
        time.Advance(TimeSpan.FromMinutes(2));
        await Polling.UntilAsync(() => Files().ReadTurn() is null, Life, "it tries for ever");
        Assert.Contains("Warning: This machine serves again, and cannot tell the fleet", log.All, StringComparison.Ordinal);
    }

    private static Task UntilAsync(FleetAccess access, RestartState state) => Polling.UntilAsync(
        async () => (await access.Restarts.FindAsync(Machine, Bound.Token))?.State == state, Life, $"the machine is not {state}");

    private MembershipFiles Files() => new(directory.Path, TimeProvider.System, log);

    private FleetAccess Open(string endpoint, string pin)
    {
        var key = FleetKey.Create();
        var membership = new FleetMembership
        {
            Node = Machine,
            Endpoints = [endpoint],
            Pins = [pin],
            Personal = RandomNumberGenerator.GetBytes(FleetKey.SecretSize),
            FleetId = key.FleetId,
            KeyNumber = 1,
            KeyId = key.Id,
            Secret = key.Secret,
        };
        return new(membership, copies: null, TimeProvider.System, log);
    }

    /// <summary>Until it is disposed of.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Run(MachineRestart machine, RestartBoard board, Action restart) => running = machine.RunAsync(
            board, new RestartHandler(static () => Task.FromResult<string?>(null), static () => TimeSpan.Zero, restart), stop.Token);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            stop.Dispose();
        }
    }
}
