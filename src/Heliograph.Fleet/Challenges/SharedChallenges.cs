using System.Security.Cryptography;
using System.Text.Json;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Orders;

namespace Heliograph.Fleet.Challenges;

/// <summary>Serves the whole set of challenges that others have published, in place of the one before; returns when it does.</summary>
public delegate Task ServeChallenges(IReadOnlyList<SharedChallenge> challenges, CancellationToken cancellationToken);

/// <summary>
/// An authority may ask any machine. So the one that orders publishes what it will be asked, all others serve it and acknowledge, and only
/// then it tells the authority. Challenge and acknowledgements end with the order's lock.
/// </summary>
public sealed class SharedChallenges
{
    /// <summary>For all acknowledgements together. Whoever is missing is told; the authority may ask one that has it.</summary>
    public static readonly TimeSpan AcknowledgementLimit = TimeSpan.FromSeconds(5);

    /// <summary>An authority takes 100 names in one order (Let's Encrypt), and asks for one challenge of each.</summary>
    private const int MostChallenges = 200;

    private readonly FleetMember member;
    private readonly NodeReports nodes;

    public SharedChallenges(FleetMember member, NodeReports nodes)
    {
        this.member = member;
        this.nodes = nodes;
    }

    /// <summary>Publishes a challenge, and waits until all other machines that are up serve it, 5 s at most.</summary>
    /// <returns>It, with the machines that did not acknowledge; null: the lock is lost, and nothing is published.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<Publication?> PublishAsync(OrderLock held, SharedChallenge challenge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        var published = new PublishedChallenge(RandomNumberGenerator.GetHexString(32, lowercase: true), member.Node, challenge);
        var key = member.Names.Challenge(published.Id);
        var value = member.Seal(key, JsonSerializer.SerializeToUtf8Bytes(published, ChallengeJson.Default.PublishedChallenge));
        var result = await member.Client.CommitAsync(
            new Transaction { Comparisons = held.Guard, Writes = [Write.Put(key, value, held.Lease)], Read = [held.Key] },
            cancellationToken);
        if (!result.Succeeded)
            return null;
        var waiting = (await nodes.ListAsync(cancellationToken)).Select(static report => report.Node)
            .Where(node => node != member.Node)
            .ToDictionary(node => member.Names.Acknowledgement(published.Id, node), static node => node, StringComparer.Ordinal);
        await WaitAsync(member.Names.AcknowledgementsOf(published.Id), waiting, cancellationToken);
        return new Publication(member, key, [.. waiting.Values.Order(StringComparer.Ordinal)]);
    }

    /// <summary>What others have published, as it is now.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<IReadOnlyList<SharedChallenge>> ReadAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, (PublishedChallenge Challenge, long Lease)>(StringComparer.Ordinal);
        var whole = (await member.Client.RangeAsync(member.Names.Challenges, cancellationToken)).Found;
        Follow(known, new WatchStep { Whole = whole });
        return [.. known.Values.Select(static one => one.Challenge.Challenge)];
    }

    /// <summary>Serves what others publish, and acknowledges it, until it is cancelled.</summary>
    public async Task RunAsync(ServeChallenges serve, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(serve);
        var known = new Dictionary<string, (PublishedChallenge Challenge, long Lease)>(StringComparer.Ordinal);
        await foreach (var step in member.Watch(member.Names.Challenges).RunAsync(cancellationToken))
        {
            var changed = Follow(known, step);
            if (changed.Count == 0)
                continue;
            try
            {
                await serve([.. known.Values.Select(static one => one.Challenge.Challenge)], cancellationToken);
                foreach (var key in changed.Where(known.ContainsKey))
                    await AcknowledgeAsync(known[key].Challenge, known[key].Lease, cancellationToken);
            }
            // What serving fails of is the caller's affair; the one who orders has to learn it, by a missing acknowledgement.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                member.Logger.NotServed(exception.Message);
            }
        }
    }

    /// <returns>The keys of which something is new: a challenge to serve and acknowledge, or one that is over.</returns>
    private List<string> Follow(Dictionary<string, (PublishedChallenge Challenge, long Lease)> known, WatchStep step)
    {
        var changed = new List<string>();
        if (step.Whole is { } whole)
        {
            changed.AddRange(known.Keys.Except(whole.Select(static one => one.Key), StringComparer.Ordinal));
            foreach (var key in changed)
                known.Remove(key);
            foreach (var one in whole)
                Add(one);
        }
        foreach (var change in step.Events)
        {
            if (change.Current is { } current)
                Add(current);
            else if (known.Remove(change.Key))
                changed.Add(change.Key);
        }
        return changed;

        void Add(KeyValue found)
        {
            if (known.ContainsKey(found.Key) || known.Count >= MostChallenges)
                return;
            if (member.Open(found) is not { } opened || Parse(opened) is not { } published)
                return;
            if (published.Node == member.Node || member.Names.Challenge(published.Id) != found.Key)
                return;
            known.Add(found.Key, (published, found.Lease));
            changed.Add(found.Key);
        }
    }

    /// <summary>Under the lease of the challenge, so that both end together.</summary>
    private async Task AcknowledgeAsync(PublishedChallenge challenge, long lease, CancellationToken cancellationToken)
    {
        var key = member.Names.Acknowledgement(challenge.Id, member.Node);
        await member.Client.CommitAsync(
            new Transaction { Comparisons = [], Writes = [Write.Put(key, member.Seal(key, []), lease)] }, cancellationToken);
    }

    /// <summary>Takes from those who are waited for the ones that acknowledge.</summary>
    private async Task WaitAsync(string prefix, Dictionary<string, string> waiting, CancellationToken cancellationToken)
    {
        if (waiting.Count == 0)
            return;
        using var limit = new CancellationTokenSource(AcknowledgementLimit, member.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (var step in member.Watch(prefix).RunAsync(either.Token))
            {
                Remove(step.Whole ?? [.. step.Events.Select(static change => change.Current).OfType<KeyValue>()], waiting);
                if (waiting.Count == 0)
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A last look, for what was on its way.
            Remove((await member.Client.RangeAsync(prefix, cancellationToken)).Found, waiting);
        }
    }

    private void Remove(IReadOnlyList<KeyValue> acknowledgements, Dictionary<string, string> waiting)
    {
        foreach (var one in acknowledgements)
        {
            if (member.Open(one) is not null)
                waiting.Remove(one.Key);
        }
    }

    private static PublishedChallenge? Parse(byte[] opened)
    {
        try
        {
            return JsonSerializer.Deserialize(opened, ChallengeJson.Default.PublishedChallenge);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
