using Heliograph.Access;
using Heliograph.Fleet.Orders;
using Heliograph.Membership;

namespace Heliograph.Cli.Fleet;

/// <summary>
/// The locks of all that machines order or change, so that none does under the key of before what those under the next one would not have.
/// </summary>
internal sealed class AllLocks : IAsyncDisposable
{
    private readonly List<OrderLock> held = [];

    private AllLocks()
    {
    }

    /// <exception cref="StartException">A machine has one of them.</exception>
    public static async Task<AllLocks> TakeAsync(FleetAccess access, CancellationToken cancellationToken)
    {
        var locks = new AllLocks();
        try
        {
            var orders = access.Documents.All.Select(static document => document.Name).Where(SharedStore.IsCertificate);
            foreach (var name in orders.Append(SharedBook.Name))
                locks.held.Add(
                    await OrderLock.TryTakeAsync(access.Member, name, cancellationToken)
                        ?? throw new StartException(
                            "a machine is ordering a certificate or changes the groups just now; try again in a minute"));
            return locks;
        }
        catch
        {
            await locks.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in held)
            await one.DisposeAsync();
    }
}
