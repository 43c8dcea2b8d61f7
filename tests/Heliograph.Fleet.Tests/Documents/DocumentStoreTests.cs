using System.Diagnostics;
using System.Text;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Platform;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Fleet.Tests.Documents;

[Trait("Needs", "server")]
public sealed class DocumentStoreTests(SharedEtcd shared, ITestOutputHelper output) : IDisposable
{
    private const string Name = "signal.example.org";

    private readonly TestFleet fleet = new(shared.Server);

    [Fact(Timeout = Bound.Test)]
    public async Task A_change_reaches_ten_machines_within_two_seconds()
    {
        var writer = new DocumentStore(fleet.Join("writer"), null);
        var stopwatch = new Stopwatch();
        var took = new List<double>();
        var waiting = new CountdownEvent(1);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = Enumerable.Range(0, 10).Select(number => new DocumentStore(fleet.Join($"n{number}"), null)).ToList();
        foreach (var reader in readers)
        {
            reader.Changed += _ =>
            {
                lock (took)
                    took.Add(stopwatch.Elapsed.TotalMilliseconds);
                if (waiting.Signal())
                    arrived.TrySetResult();
            };
        }
        var running = readers.Select(static reader => new Running(reader.RunAsync)).ToList();
        for (var generation = 1; generation <= 50; generation++)
        {
            waiting.Reset(10);
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            stopwatch.Restart();
            Assert.Equal(SaveOutcome.Saved, await writer.SaveAsync(Document(generation, new string('x', 8000)), null, Bound.Token));
            await arrived.Task.WaitAsync(Bound.Token);
        }
        // The first comes by reading, at the start.
        var pushed = took.Skip(10).Order().ToList();
        output.WriteLine($"{pushed.Count} pushes: p50 {pushed[pushed.Count / 2]:0.0} ms, p99 {pushed[pushed.Count * 99 / 100]:0.0} ms");
        Assert.Equal(490, pushed.Count);
        Assert.InRange(pushed[pushed.Count * 99 / 100], 0, 2000);
        Assert.All(readers, static reader => Assert.Equal(50, reader.Find(Name)?.Generation));
        foreach (var one in running)
            await one.DisposeAsync();
        waiting.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Of_two_who_write_at_once_one_is_told_and_has_what_the_other_wrote()
    {
        var one = new DocumentStore(fleet.Join("one"), null);
        var other = new DocumentStore(fleet.Join("other"), null);
        Assert.Equal(SaveOutcome.Saved, await one.SaveAsync(Document(1, "of one"), null, Bound.Token));
        Assert.Equal(SaveOutcome.Conflict, await other.SaveAsync(Document(1, "of other"), null, Bound.Token));
        Assert.Equal("of one", Text(other.Find(Name)));
        Assert.Equal(SaveOutcome.NotNewer, await other.SaveAsync(Document(1, "again"), null, Bound.Token));
        Assert.Equal(SaveOutcome.Saved, await other.SaveAsync(Document(2, "of other"), null, Bound.Token));
        Assert.Equal(SaveOutcome.Conflict, await one.SaveAsync(Document(2, "of one"), null, Bound.Token));
        Assert.Equal("of other", Text(one.Find(Name)));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_document_that_is_saved_while_an_older_read_of_etcd_is_taken_in_does_not_conflict_with_itself()
    {
        var member = fleet.Join("one");
        var store = new DocumentStore(member, null);
        string[] names = [Name, "other.example.org"];
        // etcd is read in the order of its keys.
        Array.Sort(names, (left, right) => string.CompareOrdinal(member.Names.Document(left), member.Names.Document(right)));
        var mine = Document(1, "mine") with { Name = names[1] };
        Assert.Equal(SaveOutcome.Saved, await store.SaveAsync(mine, null, Bound.Token));
        var others = Document(1, "of other") with { Name = names[0] };
        Assert.Equal(SaveOutcome.Saved, await new DocumentStore(fleet.Join("other"), null).SaveAsync(others, null, Bound.Token));
        var midway = new TaskCompletionSource<SaveOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += changed =>
        {
            if (changed.Name == others.Name)
                midway.SetResult(store.SaveAsync(mine with { Generation = 2 }, null, Bound.Token).GetAwaiter().GetResult());
        };
        await using var running = new Running(store.RunAsync);
        Assert.Equal(SaveOutcome.Saved, await midway.Task.WaitAsync(Bound.Token));
        Assert.Equal(SaveOutcome.Saved, await store.SaveAsync(mine with { Generation = 3 }, null, Bound.Token));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_lower_generation_is_not_taken_and_does_not_stay_in_the_store()
    {
        var member = fleet.Join("one");
        var store = new DocumentStore(member, null);
        await store.SaveAsync(Document(7, "new"), null, Bound.Token);
        await using var running = new Running(store.RunAsync);
        var changes = new List<FleetDocument>();
        store.Changed += changes.Add;
        // As after a snapshot was restored.
        var key = member.Names.Document(Name);
        await member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [],
                Writes = [Write.Put(key, member.Seal(key, NamedContent.Write(Name, 3, "old"u8)), 0)],
            },
            Bound.Token);
        var third = new DocumentStore(fleet.Join("third"), null);
        await using var alsoRunning = new Running(third.RunAsync);
        await Polling.UntilAsync(() => third.Find(Name)?.Generation == 7, TimeSpan.FromSeconds(30), "the store keeps the old one");
        Assert.Equal("new", Text(store.Find(Name)));
        Assert.Empty(changes);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_does_not_open_is_reported_and_left_alone()
    {
        var member = fleet.Join("one");
        var store = new DocumentStore(member, null);
        await store.SaveAsync(Document(1, "good"), null, Bound.Token);
        var key = member.Names.Document(Name);
        await member.Client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Put(key, "garbage"u8.ToArray(), 0)] }, Bound.Token);
        await using var running = new Running(store.RunAsync);
        await Polling.UntilAsync(
            () => fleet.Logger.Lines.Any(static line => line.Contains("it is cut short", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            "nothing is reported");
        Assert.Equal("good", Text(store.Find(Name)));
        Assert.Equal("garbage", Encoding.ASCII.GetString((await member.Client.FindAsync(key, Bound.Token))!.Value.Span));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_document_that_is_too_large_is_refused_with_both_sizes()
    {
        var store = new DocumentStore(fleet.Join("one"), null);
        var failure = await Assert.ThrowsAsync<FleetException>(
            () => store.SaveAsync(Document(1, new string('x', 800 * 1024)), null, Bound.Token));
        Assert.Contains("800 KB is too large for the fleet; 750 KB are allowed", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Seven are more than one answer holds.</summary>
    [Fact(Timeout = Bound.Test)]
    public async Task Documents_of_the_largest_size_are_shared_and_their_copies_read_again()
    {
        const int documents = 7;
        using var directory = new TempDirectory();
        var copies = new PrivateDirectory(directory["copies"], TimeProvider.System, NullLogger.Instance);
        var store = new DocumentStore(fleet.Join("one"), copies);
        var payload = new byte[EtcdClient.LargestValue - 1024];
        for (var number = 0; number < documents; number++)
            Assert.Equal(SaveOutcome.Saved, await store.SaveAsync(new($"large {number}", 1, payload), null, Bound.Token));
        var other = new DocumentStore(fleet.Join("two"), null);
        await other.ReadAsync(Bound.Token);
        foreach (var known in new[] { other, new DocumentStore(fleet.Join("one"), copies) })
        {
            Assert.Equal(documents, known.All.Count);
            Assert.All(known.All, document => Assert.Equal(payload.Length, document.Payload.Length));
        }
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_store_that_lost_everything_is_filled_again_and_meanwhile_the_copies_serve()
    {
        await using var server = await EtcdServer.StartAsync();
        using var own = new TestFleet(server);
        using var directory = new TempDirectory();
        var copies = new PrivateDirectory(directory["copies"], TimeProvider.System, NullLogger.Instance);
        var first = new DocumentStore(own.Join("first"), copies);
        await using var running = new Running(first.RunAsync);
        for (var generation = 1; generation <= 5; generation++)
            Assert.Equal(SaveOutcome.Saved, await first.SaveAsync(Document(generation, "kept"), null, Bound.Token));
        var others = Document(1, "the other") with { Name = "other.example.org" };
        await first.SaveAsync(others, null, Bound.Token);

        await server.KillAsync();
        await Polling.UntilAsync(() => first.Away is not null, TimeSpan.FromSeconds(30), "nobody notices that etcd is away");
        Assert.Equal("kept", Text(first.Find(Name)));
        var started = new DocumentStore(own.Join("started"), copies);
        Assert.Equal(5, started.Find(Name)?.Generation);
        var failure = await Assert.ThrowsAsync<FleetException>(() => started.SaveAsync(Document(6, "no"), null, Bound.Token));
        Assert.Equal(FleetFailure.Unreachable, failure.Failure);

        server.Wipe();
        await server.StartAgainAsync();
        var empty = new DocumentStore(own.Join("empty"), null);
        await using var alsoRunning = new Running(empty.RunAsync);
        await Polling.UntilAsync(() => empty.All.Count == 2, TimeSpan.FromSeconds(30), "the store stays empty");
        Assert.Equal("kept", Text(empty.Find(Name)));
        await Polling.UntilAsync(() => first.Away is null, TimeSpan.FromSeconds(30), "it does not see that etcd is back");
        // And all write on from there.
        await Polling.UntilAsync(
            async () => await empty.SaveAsync(Document(6, "next"), null, Bound.Token) != SaveOutcome.Conflict,
            TimeSpan.FromSeconds(30),
            "the conflict does not end");
        await Polling.UntilAsync(() => first.Find(Name)?.Generation == 6, TimeSpan.FromSeconds(30), "the next one is not told");
        Assert.Contains(own.Logger.Lines, static line => line.Contains("etcd answers again", StringComparison.Ordinal));
        Assert.Contains(own.Logger.Lines, static line => line.Contains("has put its own copy there", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_copy_that_cannot_be_written_is_reported_and_the_document_is_in_use_all_the_same()
    {
        using var directory = new TempDirectory();
        var copies = new PrivateDirectory(
            directory["copies"], TimeProvider.System, NullLogger.Instance, static _ => throw new IOException("No space left on device"));
        var store = new DocumentStore(fleet.Join("one"), copies);
        Assert.Equal(SaveOutcome.Saved, await store.SaveAsync(Document(1, "in use"), null, Bound.Token));
        Assert.Equal("in use", Text(store.Find(Name)));
        Assert.Contains(fleet.Logger.Lines, static line => line.Contains("Without this copy", StringComparison.Ordinal));
    }

    public void Dispose() => fleet.Dispose();

    private static FleetDocument Document(long generation, string text) => new(Name, generation, Encoding.UTF8.GetBytes(text));

    private static string? Text(FleetDocument? document) => document is null ? null : Encoding.UTF8.GetString(document.Payload.Span);
}
