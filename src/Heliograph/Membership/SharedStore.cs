using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme;
using Heliograph.Acme.Storage;
using Heliograph.Configuration;
using Heliograph.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Orders;

namespace Heliograph.Membership;

/// <summary>
/// The state of a certificate and its accounts as documents of the fleet. What is written follows what was read here last: if another
/// machine has written since, its document stays.
/// </summary>
internal sealed class SharedStore : IStateStore
{
    private readonly Func<FleetAccess> access;
    private readonly string certificate;
    private readonly Dictionary<string, long> based = new(StringComparer.Ordinal);
    private OrderLock? held;

    /// <param name="access">What the fleet shares, as this machine reaches it now.</param>
    /// <param name="domains">Whose certificate it is. Machines with other names have another one.</param>
    public SharedStore(Func<FleetAccess> access, IReadOnlyList<string> domains)
    {
        this.access = access;
        certificate = NameOf(domains);
    }

    public bool IsShared => true;

    private DocumentStore Documents => access().Documents;

    /// <summary>The document of a set of names.</summary>
    public static string NameOf(IReadOnlyList<string> domains) =>
        $"{CertificateManager.CertificateDocument} " +
        string.Join(' ', domains.Select(static name => name.ToLowerInvariant()).Order(StringComparer.Ordinal));

    /// <summary>The certificate and the accounts, under the names of the files that have them on a machine of its own.</summary>
    /// <param name="documents">What the fleet has.</param>
    /// <param name="domains">Whose certificate it is.</param>
    /// <param name="alone">What this machine has done alone.</param>
    public static IEnumerable<(string File, ReadOnlyMemory<byte> Content)> FindFiles(
        DocumentStore documents, IReadOnlyList<string> domains, AloneFiles alone)
    {
        var certificate = documents.Find(NameOf(domains)) ?? FindNearest(documents, NameOf(domains));
        if (alone.JoinCertificate(certificate?.Payload, domains) is { } serving)
            yield return (CertificateManager.CertificateDocument, serving);
        var accounts = documents.All.Select(static document => document.Name).Union(alone.Names, StringComparer.Ordinal).Where(IsAccount);
        foreach (var name in accounts)
        {
            if (alone.JoinAccount(name, documents.Find(name)?.Payload) is { } account)
                yield return (name, account);
        }
    }

    /// <summary>Whether it is the document of a set of names.</summary>
    public static bool IsCertificate(string document) =>
        document.StartsWith(CertificateManager.CertificateDocument + " ", StringComparison.Ordinal);

    /// <summary>Of an account, and no path: another machine of the fleet has chosen it.</summary>
    public static bool IsAccount(string document) =>
        document.StartsWith("account-", StringComparison.Ordinal)
        && document.EndsWith(".json", StringComparison.Ordinal)
        && document.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    /// <summary>The names of a certificate's document, as they may be shown: another machine of the fleet has chosen them.</summary>
    public static IReadOnlyList<string> NamesOf(string document) =>
        [.. document.Split(' ')[1..].Where(static name => DomainName.Parse(name, out _) is null)];

    /// <summary>Marks the certificates and the accounts among the documents as known to somebody else.</summary>
    public static ReadOnlyMemory<byte> MarkCompromised(FleetDocument document, DateTimeOffset now)
    {
        try
        {
            return IsCertificate(document.Name) ? Compromise.MarkCertificate(document.Payload.Span, now)
                : IsAccount(document.Name) ? Compromise.MarkAccount(document.Payload.Span)
                : document.Payload;
        }
        catch (JsonException)
        {
            // Of a version that writes something else: the next order replaces it.
            return document.Payload;
        }
    }

    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(check);
        var document = Documents.Find(NameIn(name));
        based[name] = document?.Generation ?? 0;
        // Of names that were changed: it is served until the authority has issued for the new ones.
        document ??= name == CertificateManager.CertificateDocument ? FindNearest(Documents, certificate) : null;
        if (document is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize(document.Payload.Span, type) is { } value && check(value) is null ? value : null;
        }
        catch (JsonException)
        {
            // It was sealed by a machine of the fleet: of a version that writes something else. It is replaced by the next order.
            return null;
        }
    }

    public async Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var generation = based.GetValueOrDefault(name) + 1;
        var document = new FleetDocument(NameIn(name), generation, JsonSerializer.SerializeToUtf8Bytes(value, type));
        var outcome = await GuardAsync(() => Documents.SaveAsync(document, held, cancellationToken));
        if (outcome is not SaveOutcome.Saved)
            throw Superseded();
        based[name] = generation;
    }

    public async Task<IOrderRight?> LockAsync(CancellationToken cancellationToken)
    {
        var taken = await GuardAsync(() => OrderLock.TryTakeAsync(access().Member, certificate, cancellationToken));
        if (taken is null)
            return null;
        try
        {
            // The holder before may have written a moment ago.
            await GuardAsync(async () =>
            {
                await Documents.ReadAsync(cancellationToken);
                return true;
            });
            // A machine that was away: what it stored now, one that was shut out could read.
            if (await GuardAsync(() => access().FindNextKeyAsync(cancellationToken)) is not null)
                throw new AcmeException(AcmeFailure.Storage, "The fleet has a new key, which this machine takes before it orders.");
        }
        catch
        {
            await taken.DisposeAsync();
            throw;
        }
        held = taken;
        return new Right(this, taken);
    }

    /// <summary>Runs while the lock is held.</summary>
    /// <exception cref="AcmeException">It is not held.</exception>
    public OrderLock RequireLock() => held ?? throw Superseded();

    /// <summary>A failure of the fleet's, as the certificate's keeper knows it.</summary>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (FleetException exception)
        {
            throw new AcmeException(
                AcmeFailure.Away, $"{exception.Message} No certificate is ordered while the fleet cannot be asked.", exception);
        }
    }

    public static AcmeException Superseded() => new(
        AcmeFailure.Superseded, "Another machine of the fleet has taken over; this one uses what that one stores.");

    /// <summary>The certificate with the most of the names of a document that is not there; null: none has one of them.</summary>
    private static FleetDocument? FindNearest(DocumentStore documents, string certificate)
    {
        var names = certificate.Split(' ')[1..];
        return documents.All.Where(static document => IsCertificate(document.Name))
            .OrderByDescending(CountShared)
            .ThenBy(static document => document.Name, StringComparer.Ordinal)
            .FirstOrDefault(document => CountShared(document) > 0);

        int CountShared(FleetDocument document) => document.Name.Split(' ')[1..].Intersect(names, StringComparer.Ordinal).Count();
    }

    /// <summary>An account belongs to all certificates of the fleet.</summary>
    private string NameIn(string name) => name == CertificateManager.CertificateDocument ? certificate : name;

    private sealed class Right(SharedStore store, OrderLock taken) : IOrderRight
    {
        public CancellationToken Lost => taken.Lost;

        public async Task ConfirmAsync(CancellationToken cancellationToken)
        {
            if (!await GuardAsync(() => taken.IsHeldAsync(cancellationToken)))
                throw Superseded();
        }

        public async ValueTask DisposeAsync()
        {
            store.held = null;
            await taken.DisposeAsync();
        }
    }
}
