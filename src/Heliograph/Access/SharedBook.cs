using System.Text.Json;
using Heliograph.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Orders;
using Heliograph.Membership;

namespace Heliograph.Access;

/// <summary>
/// The groups that all machines of a fleet share, in one document. A change is made on the newest one, and made again when another machine
/// was quicker.
/// </summary>
/// <param name="access">What the fleet shares, as this machine reaches it now.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class SharedBook(Func<FleetAccess> access, TimeProvider timeProvider)
{
    /// <summary>Of the document, and of its lock.</summary>
    public const string Name = "groups";

    /// <summary>What to do where a link cannot be made or changed.</summary>
    public const string Remedy =
        "Nothing was changed, because a link is for all machines of the fleet; try again when etcd answers. " +
        "heliograph link revoke works meanwhile, and ends a link on this machine at once.";

    /// <summary>
    /// Held for the few requests of one change, so that none is made while everything is put under another key of the fleet. It is the
    /// longest that a machine which stalls in them keeps the others waiting.
    /// </summary>
    private static readonly TimeSpan LockLife = TimeSpan.FromSeconds(10);

    /// <summary>For a change with all its attempts: a person waits.</summary>
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private volatile Known? known;

    /// <summary>What this machine knows of them; null: nothing. The same book as before, unless they have changed.</summary>
    public AccessBook? Find()
    {
        if (access().Documents.Find(Name) is not { } document)
            return null;
        var last = known;
        if (last is null || !last.Payload.Span.SequenceEqual(document.Payload.Span))
            known = last = new(document.Payload, Read(document));
        return last.Book;
    }

    /// <summary>Puts a machine's groups into a fleet that has none.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public static Task OfferAsync(FleetAccess access, AccessBook own, CancellationToken cancellationToken) =>
        access.Documents.SaveAsync(new FleetDocument(Name, 1, Write(own)), null, cancellationToken);

    /// <summary>Changes the groups of all machines.</summary>
    /// <param name="own">What this machine knows: what it has revoked alone is told first. If the fleet has none, these become its.</param>
    /// <param name="change">May be called several times, each time with what the others have stored.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The fleet's groups.</returns>
    /// <exception cref="AccessException">The change is refused.</exception>
    /// <exception cref="FleetException">etcd does not answer, or refuses, or others change the groups all the time.</exception>
    public async Task<AccessBook> ChangeAsync(
        AccessBook own, Func<AccessBook, AccessBook> change, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ChangeLimit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var reason = "etcd does not answer in time.";
        try
        {
            while (true)
            {
                var current = access();
                try
                {
                    var (changed, hindrance) = await TryChangeAsync(current, own, change, either.Token);
                    if (changed is not null)
                        return changed;
                    reason = hindrance!;
                }
                catch (Exception exception) when (exception is not AccessException && !ReferenceEquals(current, access()))
                {
                    // It was closed on the way: this machine uses the fleet's next key now.
                }
                await Task.Delay(Pause, timeProvider, either.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FleetException(FleetFailure.Unreachable, reason, exception);
        }
    }

    /// <returns>The new groups, or what has to be waited for.</returns>
    private static async Task<(AccessBook? Changed, string? Hindrance)> TryChangeAsync(
        FleetAccess access, AccessBook own, Func<AccessBook, AccessBook> change, CancellationToken cancellationToken)
    {
        await using var held = await OrderLock.TryTakeAsync(access.Member, Name, LockLife, cancellationToken);
        if (held is null)
            return (null, "Another machine of the fleet changes the groups just now.");
        await access.Documents.ReadAsync(cancellationToken);
        // What is written under the key of before, nobody would see.
        if (await access.FindNextKeyAsync(cancellationToken) is not null)
            return (null, "The fleet has a new key, which this machine's server has to take first.");
        var document = access.Documents.Find(Name);
        var shared = document is null ? own : Read(document)
            ?? throw new AccessException("The fleet's groups are kept by a newer version of the program; install that here too.");
        var next = change(shared.Without(own.Untold));
        if (document is not null && ReferenceEquals(next, shared))
            return (shared, null);
        var outcome = await access.Documents.SaveAsync(
            new FleetDocument(Name, (document?.Generation ?? 0) + 1, Write(next)), held, cancellationToken);
        return outcome is SaveOutcome.Saved ? (next, null) : (null, "Other machines of the fleet change the groups at the same time.");
    }

    /// <summary>When a group was used, each machine knows for itself.</summary>
    private static byte[] Write(AccessBook book) => JsonSerializer.SerializeToUtf8Bytes(
        KeptGroups.FromBook(new([.. book.Groups.Select(static group => group with { LastUsed = null })])),
        AccessJson.Default.KeptGroups);

    /// <returns>Null: a version of the program has written it that this one does not know.</returns>
    private static AccessBook? Read(FleetDocument document)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Payload.Span, AccessJson.Default.KeptGroups) is { } kept && kept.FindDamage() is null
                ? kept.ToBook() : null;
        }
        catch (JsonException)
        {
            // As said.
            return null;
        }
    }

    private sealed record Known(ReadOnlyMemory<byte> Payload, AccessBook? Book);
}
