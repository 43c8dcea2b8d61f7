using Heliograph.Fleet.Challenges;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Orders;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing;

namespace Heliograph.Fleet.Tests.Challenges;

[Trait("Needs", "server")]
public sealed class SharedChallengesTests(SharedEtcd shared) : IDisposable
{
    private const string Name = "signal.example.org";

    private static readonly SharedChallenge Challenge = new("http-01", Name, "a token", "a token.a thumbprint");

    private static readonly TimeSpan NodeBound = TimeSpan.FromSeconds(60);

    private readonly TestFleet fleet = new(shared.Server);

    [Fact(Timeout = Bound.Test)]
    public async Task All_machines_serve_it_before_the_one_that_orders_goes_on()
    {
        await using var one = new Node(fleet, "one");
        await using var two = new Node(fleet, "two");
        await using var orderer = new Node(fleet, "orderer");
        await orderer.WaitForAsync("one", "orderer", "two");
        await using var held = await OrderLock.TryTakeAsync(orderer.Member, Name, Bound.Token);

        var publication = await orderer.Challenges.PublishAsync(held!, Challenge, Bound.Token);
        Assert.Empty(publication!.Missing);
        Assert.Equal([Challenge], one.Served);
        Assert.Equal([Challenge], two.Served);
        // Its own solver serves it.
        Assert.Empty(orderer.Served);
        await using var second = await orderer.Challenges.PublishAsync(held!, Challenge with { Token = "b" }, Bound.Token);
        Assert.Empty(second!.Missing);
        Assert.Equal(2, one.Served.Count);

        await publication.DisposeAsync();
        await Polling.UntilAsync(() => one.Served.Count == 1 && two.Served.Count == 1, NodeBound, "it is still served");
        await held!.DisposeAsync();
        await Polling.UntilAsync(() => one.Served.Count == 0 && two.Served.Count == 0, NodeBound, "it outlives the lock");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Who_does_not_acknowledge_within_five_seconds_is_named()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var one = new Node(fleet, "one");
        await using var broken = new Node(fleet, "broken") { Fault = "port 80 is in use" };
        // It is up, and reads no challenges.
        var deaf = new NodeReports(fleet.Join("deaf"));
        await using var running = new Running(deaf.RunAsync);
        await one.WaitForAsync("broken", "deaf", "one");
        var orderer = fleet.Join("orderer", clock);
        await using var held = await OrderLock.TryTakeAsync(orderer, Name, Bound.Token);

        var publishing = new SharedChallenges(orderer, new NodeReports(orderer)).PublishAsync(held!, Challenge, Bound.Token);
        await Polling.UntilAsync(() => one.Served.Count == 1, NodeBound, "it is not served");
        var wait = await clock.NextTimerAsync(SharedChallenges.AcknowledgementLimit, NodeBound);
        Assert.Equal(SharedChallenges.AcknowledgementLimit, wait);
        await Polling.UntilAsync(
            () => fleet.Logger.Lines.Any(static line => line.Contains("port 80 is in use", StringComparison.Ordinal)),
            NodeBound,
            "the fault is not reported");
        Assert.False(publishing.IsCompleted);
        await AcknowledgedAsync(orderer, 1);
        clock.Advance(wait);
        await using var publication = await publishing;
        Assert.Equal(["broken", "deaf"], publication!.Missing);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Who_comes_later_serves_what_is_pending()
    {
        var orderer = fleet.Join("orderer");
        await using var held = await OrderLock.TryTakeAsync(orderer, Name, Bound.Token);
        await using var publication =
            await new SharedChallenges(orderer, new NodeReports(orderer)).PublishAsync(held!, Challenge, Bound.Token);
        await using var late = new Node(fleet, "late");
        await Polling.UntilAsync(() => late.Served.Count == 1, NodeBound, "it is not served");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Who_has_lost_the_lock_publishes_nothing()
    {
        var orderer = fleet.Join("orderer");
        await using var one = new Node(fleet, "one");
        var held = await OrderLock.TryTakeAsync(orderer, Name, Bound.Token);
        await held!.DisposeAsync();
        await using var next = await OrderLock.TryTakeAsync(one.Member, Name, Bound.Token);
        Assert.Null(await new SharedChallenges(orderer, new NodeReports(orderer)).PublishAsync(held, Challenge, Bound.Token));
        Assert.Empty((await orderer.Client.RangeAsync(orderer.Names.Challenges, Bound.Token)).Found);
    }

    [Fact]
    public void What_answers_a_challenge_is_in_no_text_of_it() =>
        Assert.Equal("http-01 for signal.example.org", $"{Challenge}");

    public void Dispose() => fleet.Dispose();

    private static Task AcknowledgedAsync(FleetMember member, int count) => Polling.UntilAsync(
        async () => (await member.Client.RangeAsync(member.Names.Acknowledgements, Bound.Token)).Found.Count == count,
        NodeBound,
        "it is not acknowledged");

    private sealed class Node : IAsyncDisposable
    {
        private readonly NodeReports reports;
        private readonly Running reporting;
        private readonly Running serving;
        private volatile IReadOnlyList<SharedChallenge> served = [];

        public Node(TestFleet fleet, string name)
        {
            Member = fleet.Join(name);
            reports = new NodeReports(Member);
            Challenges = new SharedChallenges(Member, reports);
            reporting = new Running(reports.RunAsync);
            serving = new Running(cancellationToken => Challenges.RunAsync(Serve, cancellationToken));
        }

        public FleetMember Member { get; }

        public SharedChallenges Challenges { get; }

        public IReadOnlyList<SharedChallenge> Served => served;

        public string? Fault { get; init; }

        public Task WaitForAsync(params string[] nodes) => Polling.UntilAsync(
            async () => (await reports.ListAsync(Bound.Token)).Select(static report => report.Node).SequenceEqual(nodes),
            NodeBound,
            "not all are up");

        public async ValueTask DisposeAsync()
        {
            await serving.DisposeAsync();
            await reporting.DisposeAsync();
        }

        private Task Serve(IReadOnlyList<SharedChallenge> challenges, CancellationToken cancellationToken)
        {
            if (Fault is not null)
                throw new IOException(Fault);
            served = challenges;
            return Task.CompletedTask;
        }
    }
}
