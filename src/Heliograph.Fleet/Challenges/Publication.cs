using Heliograph.Fleet.Etcd;

namespace Heliograph.Fleet.Challenges;

/// <summary>A challenge that the others serve until this is disposed of, or the lock of its order ends.</summary>
public sealed class Publication : IAsyncDisposable
{
    private readonly FleetMember member;
    private readonly string key;

    internal Publication(FleetMember member, string key, IReadOnlyList<string> missing)
    {
        this.member = member;
        this.key = key;
        Missing = missing;
    }

    /// <summary>The machines that are up, and did not acknowledge in time.</summary>
    public IReadOnlyList<string> Missing { get; }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await member.Client.CommitAsync(new Transaction { Comparisons = [], Writes = [Write.Delete(key)] }, CancellationToken.None);
        }
        catch (FleetException)
        {
            // It ends with the lease.
        }
    }
}
