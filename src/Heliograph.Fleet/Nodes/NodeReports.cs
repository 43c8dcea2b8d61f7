using System.Threading.Channels;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Leases;

namespace Heliograph.Fleet.Nodes;

/// <summary>What a machine says of itself. It is up: a machine that is not heard for a minute has no report.</summary>
public sealed record NodeReport(string Node, ReadOnlyMemory<byte> Payload);

/// <summary>The machines of the fleet that are up, each with a sealed report under a lease.</summary>
public sealed class NodeReports
{
    /// <summary>Kept alive every 20 s.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly FleetMember member;
    private readonly TimeSpan life;
    private readonly Channel<ReadOnlyMemory<byte>> news = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public NodeReports(FleetMember member) : this(member, Life)
    {
    }

    internal NodeReports(FleetMember member, TimeSpan life)
    {
        this.member = member;
        this.life = life;
    }

    /// <summary>Replaces the report of this machine, as soon as etcd takes it.</summary>
    public void Report(ReadOnlyMemory<byte> payload) => news.Writer.TryWrite(payload);

    /// <summary>Keeps this machine's report there until it is cancelled; then it is gone at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> latest = default;
        var isTold = false;
        while (true)
        {
            try
            {
                await using var lease = await KeptLease.GrantAsync(member.Client, life, member.TimeProvider, cancellationToken);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
                while (true)
                {
                    while (news.Reader.TryRead(out var next))
                        latest = next;
                    await PutAsync(latest, lease.Id, either.Token);
                    isTold = false;
                    await news.Reader.WaitToReadAsync(either.Token);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The lease is lost: another one.
            }
            catch (FleetException exception)
            {
                if (!isTold)
                    member.Logger.NotReported(exception.Message);
                isTold = true;
            }
            await Task.Delay(Pause, member.TimeProvider, cancellationToken);
        }
    }

    /// <summary>All machines that are up, by name.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<IReadOnlyList<NodeReport>> ListAsync(CancellationToken cancellationToken)
    {
        var reports = new List<NodeReport>();
        foreach (var found in (await member.Client.RangeAsync(member.Names.Nodes, cancellationToken)).Found)
        {
            if (member.Open(found) is { } opened
                && NamedContent.Read(opened) is var (node, _, payload)
                && member.Names.Node(node) == found.Key)
                reports.Add(new NodeReport(node, payload));
        }
        reports.Sort(static (one, other) => string.CompareOrdinal(one.Node, other.Node));
        return reports;
    }

    private async Task PutAsync(ReadOnlyMemory<byte> payload, long lease, CancellationToken cancellationToken)
    {
        var key = member.Names.Node(member.Node);
        await member.Client.CommitAsync(
            new Transaction
            {
                Comparisons = [],
                Writes = [Write.Put(key, member.Seal(key, NamedContent.Write(member.Node, 0, payload.Span)), lease)],
            },
            cancellationToken);
    }
}
