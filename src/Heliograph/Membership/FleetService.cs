using System.Text.Json;
using Heliograph.Acme.Challenges;
using Heliograph.Fleet.Challenges;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>
/// This machine in its fleet, while the server runs: follows what is shared, answers the challenges of other machines' orders, and reports.
/// </summary>
internal sealed class FleetService : IAsyncDisposable
{
    /// <summary>Three of them in the minute after which a machine counts as down.</summary>
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(20);

    private readonly FleetAccess access;
    private readonly SharedChallenges challenges;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    private FleetService(FleetAccess access, TimeProvider timeProvider, ILogger logger)
    {
        this.access = access;
        this.timeProvider = timeProvider;
        this.logger = logger;
        challenges = new SharedChallenges(access.Member, access.Reports);
    }

    public FleetAccess Access => access;

    /// <summary>Why what is shared cannot be reached now; null: it can, or there was no need yet.</summary>
    public string? Problem => access.Documents.Away?.Message;

    /// <returns>Null: this machine is in no fleet.</returns>
    /// <exception cref="StartException">It cannot be.</exception>
    public static FleetService? Open(string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        var files = new MembershipFiles(stateDirectory, timeProvider, logger);
        return files.Read() is { } membership
            ? new(new FleetAccess(membership, files.Copies, timeProvider, logger), timeProvider, logger)
            : null;
    }

    public SharedStore StoreFor(IReadOnlyList<string> domains) => new(access.Member, access.Documents, domains);

    public IOtherResponders OthersFor(SharedStore store) => new OtherMachines(challenges, store, logger);

    /// <summary>Called once everything listens.</summary>
    /// <param name="serve">Answers the challenges of other machines' orders: these and no others.</param>
    /// <param name="report">What this machine says of itself.</param>
    /// <param name="use">Called when something shared has changed.</param>
    public void Start(Action<IReadOnlyList<SharedProof>> serve, Func<MachineReport> report, Action use)
    {
        access.Documents.Changed = _ => use();
        running = Task.WhenAll(
            Task.Run(() => access.Documents.RunAsync(stopping.Token)),
            Task.Run(() => challenges.RunAsync((all, _) => Serve(serve, all), stopping.Token)),
            Task.Run(() => access.Reports.RunAsync(stopping.Token)),
            Task.Run(() => ReportAsync(report)));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // Cancelled, as requested.
        }
        access.Dispose();
        stopping.Dispose();
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

    private async Task ReportAsync(Func<MachineReport> report)
    {
        while (true)
        {
            access.Reports.Report(JsonSerializer.SerializeToUtf8Bytes(report(), FleetJson.Default.MachineReport));
            await Task.Delay(ReportEvery, timeProvider, stopping.Token);
        }
    }
}
