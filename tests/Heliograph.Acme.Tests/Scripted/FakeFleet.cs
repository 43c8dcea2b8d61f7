using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>
/// A FAKE of what several machines share, in memory: each sees at once what another writes. A write follows what its machine has read, and
/// is refused if another machine has written since or has the lock. What a real etcd does is for the tests of Heliograph.Fleet.
/// </summary>
internal sealed class FakeFleet
{
    private readonly ConcurrentDictionary<string, Document> documents = new(StringComparer.Ordinal);
    private Right? holder;
    private int locks;

    /// <summary>Nothing can be written or locked. What is known can be read.</summary>
    public bool IsAway { get; set; }

    /// <summary>Happens before each write, with the document's name.</summary>
    public Action<string> Writing { get; set; } = static _ => { };

    /// <summary>How often each document was written.</summary>
    public int Writes(string name) => documents.GetValueOrDefault(name)?.Version ?? 0;

    /// <summary>What is in a document.</summary>
    public byte[] Read(string name) => documents[name].Json;

    /// <summary>A write by nobody who has the lock.</summary>
    public void Touch(string name) => documents.AddOrUpdate(
        name, static _ => new(1, "{}"u8.ToArray()), static (_, document) => document with { Version = document.Version + 1 });

    /// <summary>Changes what is in a document.</summary>
    public void Change(string name, Func<byte[], byte[]> change) =>
        documents[name] = new(documents[name].Version + 1, change(documents[name].Json));

    /// <summary>The holder was not heard in time.</summary>
    /// <param name="isNoticed">Whether it knows.</param>
    public void ExpireLock(bool isNoticed)
    {
        var expired = holder!;
        holder = null;
        if (isNoticed)
            expired.Lose();
    }

    public IStateStore Machine() => new Store(this);

    private sealed record Document(int Version, byte[] Json);

    private sealed class Store(FakeFleet fleet) : IStateStore
    {
        private readonly Dictionary<string, int> read = new(StringComparer.Ordinal);

        /// <summary>Of the lock that this machine has, or believes to have.</summary>
        private int? fence;

        public bool IsShared => true;

        public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check)
            where T : class
        {
            var document = fleet.documents.GetValueOrDefault(name);
            read[name] = document?.Version ?? 0;
            if (document is null || JsonSerializer.Deserialize(document.Json, type) is not { } value)
                return null;
            return check(value) is null ? value : null;
        }

        public Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        {
            RequireFleet();
            fleet.Writing(name);
            var version = read.GetValueOrDefault(name);
            if (fleet.Writes(name) != version || (fence is not null && fleet.holder?.Number != fence))
                throw new AcmeException(AcmeFailure.Superseded, "another machine has written since");
            fleet.documents[name] = new(version + 1, JsonSerializer.SerializeToUtf8Bytes(value, type));
            read[name] = version + 1;
            return Task.CompletedTask;
        }

        public Task<IOrderRight?> LockAsync(CancellationToken cancellationToken)
        {
            RequireFleet();
            if (fleet.holder is not null)
                return Task.FromResult<IOrderRight?>(null);
            var taken = new Right(this, ++fleet.locks);
            fence = taken.Number;
            fleet.holder = taken;
            return Task.FromResult<IOrderRight?>(taken);
        }

        public void RequireFleet()
        {
            if (fleet.IsAway)
                throw new AcmeException(AcmeFailure.Away, "the fake fleet is away");
        }

        public void Release(Right right)
        {
            fence = null;
            if (fleet.holder == right)
                fleet.holder = null;
        }

        public bool Holds(Right right) => fleet.holder == right;
    }

    private sealed class Right(Store store, int number) : IOrderRight
    {
        private readonly CancellationTokenSource lost = new();

        public int Number => number;

        public CancellationToken Lost => lost.Token;

        public void Lose() => lost.Cancel();

        public Task ConfirmAsync(CancellationToken cancellationToken)
        {
            store.RequireFleet();
            return store.Holds(this) ? Task.CompletedTask : throw new AcmeException(AcmeFailure.Superseded, "another machine has the lock");
        }

        public ValueTask DisposeAsync()
        {
            store.Release(this);
            lost.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
