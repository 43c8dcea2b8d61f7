using System.Text.Json;
using System.Threading.Channels;
using Heliograph.Acme.Challenges;
using Heliograph.Fleet;
using Heliograph.Fleet.Challenges;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>
/// This machine in its fleet, while the server runs: follows what is shared, answers the challenges of other machines' orders, reports, and
/// goes over to the fleet's next key.
/// </summary>
internal sealed class FleetService : IAsyncDisposable
{
    /// <summary>Three of them in the minute after which a machine counts as down.</summary>
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(20);

    /// <summary>A start waits no longer for etcd than for one member of it that does not answer.</summary>
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(3);

    private readonly MembershipFiles files;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<NextKey> keys = Channel.CreateBounded<NextKey>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly MachineRestart restart;
    private readonly TaskCompletionSource<RestartHandler> restarts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FleetMembership membership;
    private volatile FleetAccess access;
    private Task running = Task.CompletedTask;

    private FleetService(FleetMembership membership, MembershipFiles files, TimeProvider timeProvider, ILogger logger)
    {
        this.membership = membership;
        this.files = files;
        this.timeProvider = timeProvider;
        this.logger = logger;
        access = Open(membership);
        restart = new MachineRestart(files, timeProvider, logger);
    }

    public FleetAccess Access => access;

    /// <summary>Why what is shared cannot be reached now; null: it can, or there was no need yet.</summary>
    public string? Problem => access.Documents.Away?.Message;

    /// <returns>Null: this machine is in no fleet.</returns>
    /// <exception cref="StartException">It cannot be.</exception>
    public static FleetService? Open(string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        var files = new MembershipFiles(stateDirectory, timeProvider, logger);
        return files.Read() is { } membership ? new(membership, files, timeProvider, logger) : null;
    }

    public SharedStore StoreFor(IReadOnlyList<string> domains) => new(() => access, domains);

    public IOtherResponders OthersFor(SharedStore store) => new OtherMachines(() => Challenges(access), store, logger);

    /// <summary>
    /// Reads what is shared, before anything listens: what was changed while this server was down holds from its first connection on, and
    /// an authority that asks it for another machine's challenge is answered.
    /// </summary>
    /// <param name="serve">Answers the challenges of other machines' orders.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task LoadAsync(Action<IReadOnlyList<SharedProof>> serve, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LoadLimit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await access.Documents.ReadAsync(either.Token);
            await Serve(serve, await Challenges(access).ReadAsync(either.Token));
        }
        catch (Exception exception) when (exception is FleetException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // What was known when it ran last is served, and the log says so once it follows etcd.
        }
    }

    /// <summary>Called once everything listens.</summary>
    /// <param name="serve">Answers the challenges of other machines' orders: these and no others.</param>
    /// <param name="report">What this machine says of itself.</param>
    /// <param name="use">Called when something shared has changed.</param>
    public void Start(Action<IReadOnlyList<SharedProof>> serve, Func<MachineReport> report, Action use) =>
        running = Task.Run(() => RunAsync(serve, report, use));

    /// <summary>Called once this machine serves: gives back the turn of its restart, and takes requests for the next.</summary>
    public void AcceptRestarts(RestartHandler handler) => restarts.TrySetResult(handler);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        access.Dispose();
        stopping.Dispose();
    }

    private FleetAccess Open(FleetMembership member) => new(member, files.CopiesOf(member), timeProvider, logger);

    private static SharedChallenges Challenges(FleetAccess access) => new(access.Member, access.Reports);

    /// <summary>Under one key after the other.</summary>
    private async Task RunAsync(Action<IReadOnlyList<SharedProof>> serve, Func<MachineReport> report, Action use)
    {
        while (true)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            access.Documents.Changed = _ => use();
            var work = RunAsync(access, serve, report, ending.Token);
            FleetAccess next;
            try
            {
                next = await NextAsync(stopping.Token);
            }
            finally
            {
                // Also at the end: this machine's report goes with it.
                await ending.CancelAsync();
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            Use(next);
            use();
        }
    }

    private Task RunAsync(
        FleetAccess current, Action<IReadOnlyList<SharedProof>> serve, Func<MachineReport> report, CancellationToken cancellationToken) =>
        Task.WhenAll(
            KeepAsync(current.Documents.RunAsync, cancellationToken),
            KeepAsync(stop => Challenges(current).RunAsync((all, _) => Serve(serve, all), stop), cancellationToken),
            KeepAsync(current.Reports.RunAsync, cancellationToken),
            KeepAsync(stop => ReportAsync(current, report, stop), cancellationToken),
            KeepAsync(stop => RestartAsync(current, stop), cancellationToken),
            KeepAsync(
                stop => new KeyCourier(current.Client, membership, timeProvider, logger).RunAsync(key => keys.Writer.TryWrite(key), stop),
                cancellationToken));

    /// <summary>Begins anew after whatever it was: no part of it may end unseen.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await work(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                HostLog.FleetInterrupted(logger, exception.Message);
                HostLog.Fault(logger, exception);
            }
            await Task.Delay(ReportEvery, timeProvider, cancellationToken);
        }
    }

    /// <summary>A key that is not the one in use, with what is shared under it.</summary>
    private async Task<FleetAccess> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = await keys.Reader.ReadAsync(cancellationToken);
            // An earlier one is from a store that was restored, or from somebody who replays it.
            if (key.Number <= membership.KeyNumber)
                continue;
            var next = membership.Under(key);
            FleetAccess? opened = null;
            try
            {
                opened = Open(next);
                await opened.Documents.ReadAsync(cancellationToken);
                files.Write(next);
                membership = next;
                return opened;
            }
            catch (Exception exception) when (exception is FleetException or StartException)
            {
                opened?.Dispose();
                HostLog.KeyNotTaken(logger, exception.Message);
                await Task.Delay(ReportEvery, timeProvider, cancellationToken);
                // Unless a newer one has come.
                if (!keys.Reader.TryPeek(out _))
                    keys.Writer.TryWrite(key);
            }
            catch
            {
                opened?.Dispose();
                throw;
            }
        }
    }

    private void Use(FleetAccess next)
    {
        var before = access;
        access = next;
        before.Dispose();
        files.ForgetOtherCopies(membership);
        HostLog.KeyTaken(logger);
    }

    private static Task Serve(Action<IReadOnlyList<SharedProof>> serve, IReadOnlyList<SharedChallenge> all)
    {
        serve([.. all.Select(static one => new SharedProof
        {
            Type = one.Type,
            Identifier = one.Identifier,
            Token = one.Token,
            KeyAuthorization = one.KeyAuthorization,
        })]);
        return Task.CompletedTask;
    }

    private async Task RestartAsync(FleetAccess current, CancellationToken cancellationToken) =>
        await restart.RunAsync(current.Restarts, await restarts.Task.WaitAsync(cancellationToken), cancellationToken);

    private async Task ReportAsync(FleetAccess current, Func<MachineReport> report, CancellationToken cancellationToken)
    {
        while (true)
        {
            current.Reports.Report(JsonSerializer.SerializeToUtf8Bytes(report(), FleetJson.Default.MachineReport));
            await Task.Delay(ReportEvery, timeProvider, cancellationToken);
        }
    }
}
