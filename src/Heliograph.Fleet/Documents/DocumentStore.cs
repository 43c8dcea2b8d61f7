using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Orders;
using Heliograph.Platform;

namespace Heliograph.Fleet.Documents;

/// <summary>
/// The fleet's documents, as this machine knows them: from its disk at first, then from etcd, which tells each change. While etcd is away
/// they stay; when it comes back empty or with older ones, it gets them from here.
/// </summary>
public sealed class DocumentStore
{
    private readonly FleetMember member;
    private readonly LocalCopies? copies;
    private readonly Lock sync = new();
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private volatile FleetException? away;

    /// <param name="member">This machine.</param>
    /// <param name="directory">Where its copies are; null: it keeps none.</param>
    /// <exception cref="StorageException">The directory cannot be used.</exception>
    public DocumentStore(FleetMember member, PrivateDirectory? directory)
    {
        this.member = member;
        copies = directory is null ? null : new LocalCopies(directory, member);
        foreach (var copy in copies?.Read() ?? [])
        {
            if (Read(copy) is { } document)
                held[copy.Key] = new Held(document, copy.Value, 0);
        }
    }

    /// <summary>Gets each document that has changed, the newest one of its name, on whatever thread learned of it.</summary>
    public Action<FleetDocument>? Changed { get; set; }

    /// <summary>Why etcd cannot be used; null: it answers, or was not asked yet.</summary>
    public FleetException? Away => away;

    public IReadOnlyList<FleetDocument> All
    {
        get
        {
            lock (sync)
                return [.. held.Values.Select(static one => one.Document)];
        }
    }

    public FleetDocument? Find(string name) => Get(member.Names.Document(name))?.Document;

    /// <summary>Follows etcd until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var step in member.Watch(member.Names.Documents).RunAsync(cancellationToken))
        {
            Tell(step.Away);
            if (step.Whole is { } whole)
                await ReplaceAsync(whole, cancellationToken);
            foreach (var change in step.Events)
            {
                // After a gap some are older than the whole that was read.
                if (Get(change.Key) is { } known && change.Revision <= known.Revision)
                    continue;
                await TakeOrRefillAsync(change.Key, change.Current, cancellationToken);
            }
        }
    }

    /// <summary>Reads everything from etcd now, instead of waiting for <see cref="RunAsync"/> to bring it.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken) =>
        await ReplaceAsync((await member.Client.RangeAsync(member.Names.Documents, cancellationToken)).Found, cancellationToken);

    /// <summary>Deletes all of them from etcd, when they are under the fleet's next key. No machine may follow them any more.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        foreach (var one in (await member.Client.RangeAsync(member.Names.Documents, cancellationToken)).Found)
            await member.Client.CommitAsync(
                new Transaction { Comparisons = [], Writes = [Write.Delete(one.Key)] }, cancellationToken);
    }

    /// <summary>
    /// Writes a document, if nobody else has since this machine last heard of it, and if the lock is still held.
    /// </summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses; or the document is too large.</exception>
    public async Task<SaveOutcome> SaveAsync(FleetDocument document, OrderLock? guard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        var key = member.Names.Document(document.Name);
        var known = Get(key);
        if (known is not null && document.Generation <= known.Document.Generation)
            return SaveOutcome.NotNewer;
        var value = member.Seal(key, NamedContent.Write(document.Name, document.Generation, document.Payload.Span));
        if (value.Length > EtcdClient.LargestValue)
        {
            throw new FleetException(
                FleetFailure.Refused,
                $"A document of {value.Length / 1024} KB is too large for the fleet; {EtcdClient.LargestValue / 1024} KB are allowed.");
        }
        var result = await member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [Comparison.Modified(key, known?.Revision ?? 0), .. guard?.Guard ?? []],
                Writes = [Write.Put(key, value, 0)],
                Read = guard is null ? [key] : [key, guard.Key],
            },
            cancellationToken);
        var there = result.Succeeded ? null : result.Found[0];
        // Its own value: the transaction was sent twice, and the first answer got lost.
        if (result.Succeeded || (there is not null && there.Value.Span.SequenceEqual(value)))
        {
            Take(key, new Held(document, value, there?.ModRevision ?? result.Revision));
            return SaveOutcome.Saved;
        }
        if (there is null)
            Known(key, 0);
        else if (Read(there) is { } other)
            Take(key, new Held(other, there.Value, there.ModRevision));
        return guard is not null && !guard.IsHeldBy(result.Found[1]) ? SaveOutcome.LockLost : SaveOutcome.Conflict;
    }

    private async Task ReplaceAsync(IReadOnlyList<KeyValue> whole, CancellationToken cancellationToken)
    {
        var there = new Dictionary<string, KeyValue>(StringComparer.Ordinal);
        foreach (var one in whole)
            there[one.Key] = one;
        string[] known;
        lock (sync)
            known = [.. held.Keys];
        foreach (var key in there.Keys.Union(known, StringComparer.Ordinal))
            await TakeOrRefillAsync(key, there.GetValueOrDefault(key), cancellationToken);
    }

    private async Task TakeOrRefillAsync(string key, KeyValue? there, CancellationToken cancellationToken)
    {
        if (there is not null && Read(there) is { } document && Take(key, new Held(document, there.Value, there.ModRevision)))
            return;
        if (Get(key) is not { } mine)
            return;
        // What does not open is left alone: it may be of the next key, which this machine does not have yet.
        if (there is not null && Read(there) is null)
            Known(key, there.ModRevision);
        else
            await RefillAsync(key, mine, there?.ModRevision ?? 0, cancellationToken);
    }

    private async Task RefillAsync(string key, Held mine, long revision, CancellationToken cancellationToken)
    {
        try
        {
            var result = await member.Client.CommitAsync(
                new Transaction
                {
                    Comparisons = [Comparison.Modified(key, revision)],
                    Writes = [Write.Put(key, mine.Value.ToArray(), 0)],
                    Read = [key],
                },
                cancellationToken);
            if (result.Succeeded)
            {
                Take(key, mine with { Revision = result.Revision });
                member.Logger.Refilled();
            }
            else if (result.Found[0] is { } there && Read(there) is { } document)
            {
                // Another machine was faster; or this one has saved a document since etcd was read.
                Take(key, new Held(document, there.Value, there.ModRevision));
            }
        }
        catch (FleetException exception)
        {
            // The next whole brings the next attempt.
            member.Logger.NotRefilled(exception.Message);
        }
    }

    /// <returns>False: what is here is newer.</returns>
    private bool Take(string key, Held next)
    {
        lock (sync)
        {
            var known = held.GetValueOrDefault(key);
            if (known is not null && next.Document.Generation < known.Document.Generation)
                return false;
            held[key] = next;
            if (known is not null && known.Value.Span.SequenceEqual(next.Value.Span))
                return true;
            copies?.Write(key, next.Value);
        }
        Changed?.Invoke(next.Document);
        return true;
    }

    /// <summary>What etcd has there is not what this machine has; <paramref name="revision"/> is its last change, 0 for none.</summary>
    private void Known(string key, long revision)
    {
        lock (sync)
        {
            if (held.TryGetValue(key, out var known))
                held[key] = known with { Revision = revision };
        }
    }

    private Held? Get(string key)
    {
        lock (sync)
            return held.GetValueOrDefault(key);
    }

    private FleetDocument? Read(KeyValue there)
    {
        if (member.Open(there) is not { } opened)
            return null;
        // The place is part of the seal, and the name has to belong there: nothing of another kind is taken for a document.
        return NamedContent.Read(opened) is var (name, generation, payload) && member.Names.Document(name) == there.Key
            ? new FleetDocument(name, generation, payload)
            : null;
    }

    private void Tell(FleetException? now)
    {
        if (now is not null && away is null)
            member.Logger.Away(now.Message);
        else if (now is null && away is not null)
            member.Logger.Back();
        away = now;
    }

    /// <param name="Document">What was sealed.</param>
    /// <param name="Value">As it is in etcd.</param>
    /// <param name="Revision">Its last change there; 0: it is not there, as far as is known.</param>
    private sealed record Held(FleetDocument Document, ReadOnlyMemory<byte> Value, long Revision);
}
