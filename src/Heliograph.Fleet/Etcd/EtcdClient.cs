using System.Text;

namespace Heliograph.Fleet.Etcd;

/// <summary>
/// etcd by its JSON gateway, so that plain HTTP is enough. Every answer is bounded in time and size, and comes from a majority of the
/// members: a range is linearizable.
/// </summary>
public sealed class EtcdClient : IDisposable
{
    /// <summary>Keys in one answer, so that it stays below <see cref="EtcdTransport.LargestAnswer"/>.</summary>
    private const int PageSize = 6;

    /// <summary>Keys under one prefix: more than a fleet has nodes, names and challenges.</summary>
    internal const int MostKeys = 4096;

    /// <summary>
    /// A half of what etcd takes in one request (1.5 MiB), and as much as a copy on disk may have; 2,000 unlisted names under the longest
    /// domain fit.
    /// </summary>
    public const int LargestValue = 750 * 1024;

    private readonly EtcdTransport transport;

    /// <exception cref="FleetException">The options cannot work.</exception>
    public EtcdClient(EtcdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Checked();
        transport = new EtcdTransport(Options);
    }

    public EtcdOptions Options { get; }

    /// <summary>The protocol of the last answer: 2.0 over TLS, else 1.1.</summary>
    internal Version? HttpVersion => transport.HttpVersion;

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<KeyValue?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(new RangeRequest { Key = Bytes(key) }, cancellationToken);
        return answer.Kvs is [{ } first, ..] ? Read(first) : null;
    }

    /// <summary>Everything below a prefix, at one revision.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses; or there are too many keys.</exception>
    public async Task<RangeResult> RangeAsync(string prefix, CancellationToken cancellationToken)
    {
        var end = End(prefix);
        var next = Bytes(prefix);
        var found = new List<KeyValue>();
        long revision = 0;
        while (true)
        {
            var answer = await SendAsync(
                new RangeRequest { Key = next, RangeEnd = end, Limit = PageSize, Revision = revision }, cancellationToken);
            if (revision == 0)
                revision = answer.Header?.Revision ?? throw EtcdRefusals.NotEtcd("a range without a revision");
            KeyValueMessage[] page = [.. (answer.Kvs ?? []).OfType<KeyValueMessage>()];
            found.AddRange(page.Select(Read));
            if (!answer.More || page.Length == 0)
                return new RangeResult(found, revision);
            if (found.Count >= MostKeys)
                throw EtcdRefusals.NotEtcd($"more than {MostKeys} keys of one kind");
            // Otherwise it could go in a circle.
            var last = page[^1].Key ?? [];
            if (last.AsSpan().SequenceCompareTo(next) < 0)
                throw EtcdRefusals.NotEtcd("keys that are not in order");
            next = [.. last, 0];
        }
    }

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<TransactionResult> CommitAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var answer = await transport.SendAsync(
            "v3/kv/txn",
            new TransactionRequest
            {
                Compare = [.. transaction.Comparisons.Select(Message)],
                Success = [.. transaction.Writes.Select(Message)],
                Failure = [.. transaction.Read.Select(static key => new RequestOp { Range = new RangeRequest { Key = Bytes(key) } })],
            },
            EtcdJson.Default.TransactionRequest,
            EtcdJson.Default.TransactionAnswer,
            cancellationToken);
        var revision = answer.Header?.Revision ?? throw EtcdRefusals.NotEtcd("a transaction without a revision");
        if (answer.Succeeded)
            return new TransactionResult(true, revision, []);
        KeyValue?[] there = [.. (answer.Responses ?? []).Select(static one => one?.Range?.Kvs is [{ } found, ..] ? Read(found) : null)];
        return there.Length == transaction.Read.Count
            ? new TransactionResult(false, revision, there)
            : throw EtcdRefusals.NotEtcd("a transaction that reads something else than it was asked for");
    }

    /// <returns>The lease, and for how long: etcd lengthens what is shorter than its elections.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<(long Lease, TimeSpan Life)> GrantAsync(TimeSpan life, CancellationToken cancellationToken)
    {
        var answer = await transport.SendAsync(
            "v3/lease/grant",
            new LeaseRequest { Ttl = (long)Math.Ceiling(life.TotalSeconds) },
            EtcdJson.Default.LeaseRequest,
            EtcdJson.Default.LeaseAnswer,
            cancellationToken);
        return answer is { Id: not 0, Ttl: > 0 }
            ? (answer.Id, TimeSpan.FromSeconds(answer.Ttl))
            : throw EtcdRefusals.NotEtcd("a lease without a number");
    }

    /// <exception cref="FleetException">The lease is gone (<see cref="FleetFailure.LeaseGone"/>), or etcd does not answer.</exception>
    public async Task KeepAliveAsync(long lease, CancellationToken cancellationToken)
    {
        var answer = await transport.SendAsync(
            "v3/lease/keepalive",
            new LeaseRequest { Id = lease },
            EtcdJson.Default.LeaseRequest,
            EtcdJson.Default.KeepAliveLine,
            cancellationToken);
        if (answer.Error is { } error)
            throw EtcdRefusals.Explain(error);
        // A lease that etcd does not know is answered without a TTL, and not as an error.
        if (answer.Result is not { Ttl: > 0 })
            throw new FleetException(FleetFailure.LeaseGone, "The lease is over: this machine was not heard for too long.");
    }

    /// <summary>Ends a lease and deletes its keys. One that is gone already is no failure.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task RevokeAsync(long lease, CancellationToken cancellationToken)
    {
        try
        {
            await transport.SendAsync(
                "v3/lease/revoke",
                new LeaseRequest { Id = lease },
                EtcdJson.Default.LeaseRequest,
                EtcdJson.Default.LeaseAnswer,
                cancellationToken);
        }
        catch (FleetException exception) when (exception.Failure == FleetFailure.LeaseGone)
        {
            // What was wanted.
        }
    }

    public void Dispose() => transport.Dispose();

    internal Task<WatchConnection> OpenWatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
        transport.OpenWatchAsync(
            new WatchRequest
            {
                Create = new WatchCreateRequest
                {
                    Key = Bytes(prefix),
                    RangeEnd = End(prefix),
                    StartRevision = fromRevision,
                    Fragment = true,
                },
            },
            cancellationToken);

    internal static KeyValue Read(KeyValueMessage message) =>
        new(
            Encoding.UTF8.GetString(message.Key ?? []),
            message.Value ?? [],
            message.CreateRevision,
            message.ModRevision,
            message.Lease);

    private Task<RangeAnswer> SendAsync(RangeRequest request, CancellationToken cancellationToken) =>
        transport.SendAsync(
            "v3/kv/range", request, EtcdJson.Default.RangeRequest, EtcdJson.Default.RangeAnswer, cancellationToken);

    private static CompareMessage Message(Comparison comparison) => new()
    {
        Key = Bytes(comparison.Key),
        Target = comparison.What switch
        {
            ComparedNumber.Creation => "CREATE",
            ComparedNumber.LastChange => "MOD",
            _ => "LEASE",
        },
        CreateRevision = comparison.What == ComparedNumber.Creation ? comparison.Number : null,
        ModRevision = comparison.What == ComparedNumber.LastChange ? comparison.Number : null,
        Lease = comparison.What == ComparedNumber.Lease ? comparison.Number : null,
    };

    private static RequestOp Message(Write write) => write.Value is { } value
        ? new RequestOp { Put = new PutRequest { Key = Bytes(write.Key), Value = value.ToArray(), Lease = write.Lease } }
        : new RequestOp { Delete = new DeleteRequest { Key = Bytes(write.Key) } };

    private static byte[] Bytes(string key) => Encoding.UTF8.GetBytes(key);

    /// <summary>The first key after all with this prefix. Keys are ASCII, so the last byte can be counted up.</summary>
    private static byte[] End(string prefix)
    {
        var end = Bytes(prefix);
        end[^1]++;
        return end;
    }
}
