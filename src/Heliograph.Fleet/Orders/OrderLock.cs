using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Leases;

namespace Heliograph.Fleet.Orders;

/// <summary>
/// The right to order a certificate for a set of names, or to change something else that is shared, which one machine has at a time. A
/// holder that stalls loses it without knowing; therefore every write that it guards compares the lock too, and is refused when another
/// has it.
/// </summary>
public sealed class OrderLock : IAsyncDisposable
{
    /// <summary>Kept alive every 10 s; after this long without, another may order.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly FleetMember member;
    private readonly KeptLease lease;
    private readonly long created;

    private OrderLock(FleetMember member, string name, KeptLease lease, long created)
    {
        this.member = member;
        this.lease = lease;
        this.created = created;
        Key = member.Names.Lock(name);
    }

    /// <summary>Cancelled when the lock is lost, or could be: stop what it guards.</summary>
    public CancellationToken Lost => lease.Lost;

    internal string Key { get; }

    internal long Lease => lease.Id;

    /// <summary>
    /// What a guarded write compares. The lease too: after a store has lost its data its revisions begin anew, and another's lock may have
    /// the number of this one.
    /// </summary>
    internal IReadOnlyList<Comparison> Guard => [Comparison.Created(Key, created), Comparison.Leased(Key, lease.Id)];

    /// <returns>Null while another machine has it.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public static Task<OrderLock?> TryTakeAsync(FleetMember member, string name, CancellationToken cancellationToken) =>
        TryTakeAsync(member, name, Life, cancellationToken);

    /// <param name="member">This machine.</param>
    /// <param name="name">What it locks.</param>
    /// <param name="life">How long it lasts when this machine stalls.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null while another machine has it.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public static async Task<OrderLock?> TryTakeAsync(
        FleetMember member, string name, TimeSpan life, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(member);
        var key = member.Names.Lock(name);
        var lease = await KeptLease.GrantAsync(member.Client, life, member.TimeProvider, cancellationToken);
        OrderLock? taken = null;
        try
        {
            var result = await member.Client.CommitAsync(
                new Transaction
                {
                    Comparisons = [Comparison.Absent(key)],
                    Writes = [Write.Put(key, member.Seal(key, NamedContent.Write(member.Node, 0, [])), lease.Id)],
                    Read = [key],
                },
                cancellationToken);
            if (result.Succeeded)
                taken = new OrderLock(member, name, lease, result.Revision);
            // Its own lease: the transaction was sent twice, and the first answer got lost.
            else if (result.Found[0] is { } holder && holder.Lease == lease.Id)
                taken = new OrderLock(member, name, lease, holder.CreateRevision);
            return taken;
        }
        finally
        {
            if (taken is null)
                await lease.DisposeAsync();
        }
    }

    /// <summary>Whether it is still held, by what etcd says: to be asked before each step that cannot be taken back.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken) =>
        !Lost.IsCancellationRequested && IsHeldBy(await member.Client.FindAsync(Key, cancellationToken));

    /// <summary>Gives it back.</summary>
    public ValueTask DisposeAsync() => lease.DisposeAsync();

    internal bool IsHeldBy(KeyValue? found) => found is not null && found.CreateRevision == created && found.Lease == lease.Id;
}
