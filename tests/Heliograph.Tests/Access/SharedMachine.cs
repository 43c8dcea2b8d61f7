using System.Security.Cryptography;
using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Fleet.Orders;
using Heliograph.Fleet.Sealing;
using Heliograph.Membership;
using Heliograph.Platform;
using Heliograph.Relay.Access;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Tests.Access;

/// <summary>A machine of a fleet with the groups of its running server, which follows a real etcd.</summary>
internal sealed class SharedMachine : IAsyncDisposable
{
    private readonly RecordingLogger log = new();
    private readonly TempDirectory directory = new();
    private readonly FleetMembership membership;
    private CancellationTokenSource stopping = new();
    private FleetAccess access;
    private Task following = Task.CompletedTask;

    private SharedMachine(EtcdServer etcd, FleetKey key, string name)
    {
        membership = new()
        {
            Node = name,
            Endpoints = [etcd.Endpoint.ToString()],
            Pins = [etcd.Pin],
            Personal = RandomNumberGenerator.GetBytes(FleetKey.SecretSize),
            FleetId = key.FleetId,
            KeyNumber = 1,
            KeyId = key.Id,
            Secret = key.Secret,
        };
        access = Open();
        Keeper = Start();
    }

    public AccessKeeper Keeper { get; private set; }

    public AccessTable? Table { get; private set; }

    public IReadOnlyList<string> Names => [.. Keeper.Report().Select(static group => group.Name)];

    private AccessFile File => new(directory.Path, TimeProvider.System, log);

    public static SharedMachine Start(EtcdServer etcd, FleetKey key, string name) => new(etcd, key, name);

    public async Task<string> NewAsync(string group)
    {
        var answer = await RunAsync(AccessCommands.New, group);
        Assert.True(answer.Ok, answer.Message);
        return Assert.Single(answer.Groups!).Current!.Host;
    }

    public Task<ControlResponse> RunAsync(string command, string group) => CommandsOf(Keeper)
        .RunAsync(new() { Command = command, Group = group, Grace = TimeSpan.FromDays(1) }, Bound.Token);

    /// <summary>The command without its server: one whose disk ends it at a step of its write.</summary>
    public Task RunStoredAsync(string command, string group, Action<WriteStep>? fault)
    {
        var file = new AccessFile(new PrivateDirectory(directory.Path, TimeProvider.System, log, fault));
        var book = new StoredBook(file, new SharedBook(() => access, TimeProvider.System), static () => true, TimeProvider.System);
        return CommandsOf(book).RunAsync(new() { Command = command, Group = group, Grace = TimeSpan.FromDays(1) }, Bound.Token);
    }

    /// <summary>Keeps the others from changing the groups, as one does that stalls in a change, or changes the fleet's key.</summary>
    public async Task<IAsyncDisposable> LockAsync() =>
        await OrderLock.TryTakeAsync(access.Member, SharedBook.Name, Bound.Token) ?? throw new InvalidOperationException("it is locked");

    /// <summary>As after kill -9: what is on the disk is all that it has.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        stopping = new();
        access = Open();
        Keeper = Start();
    }

    public Task UntilAsync(Func<SharedMachine, bool> holds) =>
        Polling.UntilAsync(() => Task.FromResult(holds(this)), TimeSpan.FromSeconds(30), $"{membership.Node} does not follow");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Keeper.DisposeAsync();
        directory.Dispose();
    }

    private FleetAccess Open() =>
        new(membership, new PrivateDirectory(directory["fleet"], TimeProvider.System, log), TimeProvider.System, log);

    private AccessKeeper Start()
    {
        var current = access;
        var keeper = new AccessKeeper(
            File, isUnlisted: true, new SharedBook(() => current, TimeProvider.System), static () => true, TimeProvider.System, log);
        keeper.Attach(table => Table = table);
        current.Documents.Changed = _ => keeper.UseShared();
        following = current.Documents.RunAsync(stopping.Token);
        return keeper;
    }

    private async Task StopAsync()
    {
        await stopping.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        access.Dispose();
        stopping.Dispose();
    }

    private static AccessCommands CommandsOf(IAccessBook book) =>
        new(book, static () => Settings.Default with { Domains = ["example.org", "*.example.org"] });
}
