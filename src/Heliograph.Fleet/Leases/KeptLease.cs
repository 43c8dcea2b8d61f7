using Heliograph.Fleet.Etcd;

namespace Heliograph.Fleet.Leases;

/// <summary>
/// A lease that is kept alive at each third of its life, until it is disposed of. It tells its holder that it is lost before etcd may give
/// it to another: its life is counted here from before the request, and there from after it.
/// </summary>
public sealed class KeptLease : IAsyncDisposable
{
    /// <summary>After a failure: five attempts for each regular one.</summary>
    private const int AttemptsInLife = 15;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);

    private readonly EtcdClient client;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task keeping;
    private bool isDisposed;

    private KeptLease(EtcdClient client, long id, TimeSpan life, long heard, TimeProvider timeProvider)
    {
        this.client = client;
        this.timeProvider = timeProvider;
        Id = id;
        Life = life;
        // A token outlives its source.
        Lost = lost.Token;
        keeping = KeepAsync(heard);
    }

    public long Id { get; }

    public TimeSpan Life { get; }

    /// <summary>Cancelled when the lease is over, or could be.</summary>
    public CancellationToken Lost { get; }

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public static async Task<KeptLease> GrantAsync(
        EtcdClient client, TimeSpan life, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(timeProvider);
        var asked = timeProvider.GetTimestamp();
        var (id, granted) = await client.GrantAsync(life, cancellationToken);
        return new KeptLease(client, id, granted, asked, timeProvider);
    }

    /// <summary>Ends the lease at once, if etcd answers; otherwise it runs out.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await stop.CancelAsync();
        await keeping;
        if (!lost.IsCancellationRequested)
        {
            await lost.CancelAsync();
            try
            {
                await client.RevokeAsync(Id, CancellationToken.None);
            }
            catch (FleetException)
            {
                // Nobody keeps it alive any more.
            }
        }
        stop.Dispose();
        lost.Dispose();
    }

    private async Task KeepAsync(long heard)
    {
        try
        {
            var wait = Life / 3;
            while (Rest(heard) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(wait < rest ? wait : rest, timeProvider, stop.Token);
                var asked = timeProvider.GetTimestamp();
                if (Rest(heard) <= TimeSpan.Zero)
                    break;
                if (await TryKeepAsync(Rest(heard)) is not { } isKept)
                    break;
                heard = isKept ? asked : heard;
                wait = isKept ? Life / 3 : Life / AttemptsInLife;
            }
            await lost.CancelAsync();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It is no longer needed.
        }
    }

    /// <returns>False: etcd did not say so, this time. Null: it is over.</returns>
    private async Task<bool?> TryKeepAsync(TimeSpan rest)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(rest > ShortestWait ? rest : ShortestWait);
        try
        {
            await client.KeepAliveAsync(Id, limit.Token);
            return true;
        }
        catch (FleetException exception)
        {
            return exception.Failure == FleetFailure.LeaseGone ? null : false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private TimeSpan Rest(long heard) => Life - timeProvider.GetElapsedTime(heard);
}
