using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme.Storage;
using Heliograph.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Nodes;
using Heliograph.Fleet.Restarts;
using Heliograph.Platform;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>What the fleet shares, as this machine reaches it.</summary>
internal sealed class FleetAccess : IDisposable
{
    private const string SeedName = "decoy seed";
    private const string RosterName = "machines";
    private const string NamesName = "names";

    /// <summary>Of one machine.</summary>
    private const int MostAddresses = 16;

    private readonly EtcdClient client;
    private readonly KeyCourier courier;
    private readonly TimeProvider timeProvider;
    private readonly long number;

    /// <param name="membership">How it is reached.</param>
    /// <param name="copies">Where this machine keeps its copies; null: it only looks.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees a name, a key or what is shared.</param>
    /// <exception cref="StartException">The copies cannot be read, or the membership cannot work.</exception>
    public FleetAccess(FleetMembership membership, PrivateDirectory? copies, TimeProvider timeProvider, ILogger logger)
    {
        EtcdClient? opened = null;
        try
        {
            client = opened = new EtcdClient(membership.Etcd);
            Member = new FleetMember(client, membership.Key, membership.Node, timeProvider, logger);
            Documents = new DocumentStore(Member, copies);
            Reports = new NodeReports(Member);
            Restarts = new RestartBoard(Member);
            courier = new KeyCourier(client, membership, timeProvider, logger);
            this.timeProvider = timeProvider;
            number = membership.KeyNumber;
        }
        catch (Exception exception) when (exception is FleetException or StorageException)
        {
            opened?.Dispose();
            throw new StartException(exception.Message);
        }
    }

    public EtcdClient Client => client;

    public FleetMember Member { get; }

    public DocumentStore Documents { get; }

    public NodeReports Reports { get; }

    public RestartBoard Restarts { get; }

    /// <summary>From which the web site is generated, the same under one name; null: it is not known here yet.</summary>
    public DecoySeed? Seed => Documents.Find(SeedName) is { } document ? DecoySeed.Parse(document.Payload.Span) : null;

    /// <summary>All that were invited.</summary>
    public IReadOnlyList<string> Machines => ReadRoster().Machines;

    /// <summary>Gives the fleet its web site, unless it has one.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public Task OfferSeedAsync(DecoySeed seed, CancellationToken cancellationToken) => Documents.Find(SeedName) is not null
        ? Task.CompletedTask
        : Documents.SaveAsync(new FleetDocument(SeedName, 1, seed.ToBytes()), null, cancellationToken);

    /// <summary>The names of the fleet's proxies, as the list was read last.</summary>
    public NameList Names =>
        Documents.Find(NamesName) is { } document && Parse(document, FleetJson.Default.NameList) is { } list
            ? list.KeepSound() : NameList.Empty;

    /// <summary>Adds a machine to those that are expected to report.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">Others have changed the list again and again.</exception>
    public Task ExpectAsync(string machine, CancellationToken cancellationToken) => ChangeAsync(
        RosterName,
        () => ReadRoster() is var roster && roster.Machines.Contains(machine, StringComparer.Ordinal)
            ? null
            : new Roster([.. roster.Machines.Append(machine).Order(StringComparer.Ordinal)]),
        FleetJson.Default.Roster,
        cancellationToken);

    /// <summary>Puts a name into the list, in place of what it says of it.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">Others have changed the list again and again, or it is full.</exception>
    public Task NoteAsync(FleetName name, CancellationToken cancellationToken) =>
        ChangeAsync(NamesName, () => Names.With(name), FleetJson.Default.NameList, cancellationToken);

    /// <summary>Puts everything that is shared under another key, without one machine.</summary>
    /// <param name="next">Under the other key.</param>
    /// <param name="without">The machine.</param>
    /// <param name="compromised">Whether that machine is in the wrong hands, so that its keys have to be replaced.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The documents in which something is to be replaced.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">Something of it is there already.</exception>
    public async Task<IReadOnlyList<string>> CopyToAsync(
        FleetAccess next, string without, bool compromised, CancellationToken cancellationToken)
    {
        var marked = new List<string>();
        var now = timeProvider.GetUtcNow();
        foreach (var document in Documents.All)
        {
            // A new place, a new count: one that a hostile machine has driven up ends here.
            var payload = compromised ? SharedStore.MarkCompromised(document, now) : document.Payload;
            if (compromised && Compromise.IsMarked(payload))
                marked.Add(document.Name);
            var copy = document.Name != RosterName ? document with { Generation = 1, Payload = payload } : document with
            {
                Generation = 1,
                Payload = JsonSerializer.SerializeToUtf8Bytes(
                    new Roster([.. Machines.Where(machine => machine != without)]), FleetJson.Default.Roster),
            };
            if (await next.Documents.SaveAsync(copy, null, cancellationToken) is not SaveOutcome.Saved)
                throw new StartException("what the fleet shares is changed at the same time; try again");
        }
        return marked;
    }

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<FleetReport> ReportAsync(CancellationToken cancellationToken)
    {
        await Documents.ReadAsync(cancellationToken);
        var reports = await Reports.ListAsync(cancellationToken);
        var up = new Dictionary<string, MachineReport?>(StringComparer.Ordinal);
        // A terminal shows them, and a machine of the fleet may say anything.
        foreach (var report in reports.Where(static report => FleetMembership.FindProblem(report.Node) is null))
            up[report.Node] = Read(report);
        var names = Machines.Union(up.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return new FleetReport(Member.Node, [.. names.Select(name => new FleetMachine(name, up.GetValueOrDefault(name)))]);
    }

    /// <summary>The key that this machine is to use instead of its own; null: there is none.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<NextKey?> FindNextKeyAsync(CancellationToken cancellationToken) =>
        await courier.FindAsync(cancellationToken) is { } next && next.Number > number ? next : null;

    /// <summary>Gets what the others have changed. Without etcd, it stays as this machine knows it.</summary>
    public async Task TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Documents.ReadAsync(cancellationToken);
        }
        catch (FleetException)
        {
            // As said.
        }
    }

    public void Dispose() => client.Dispose();

    /// <param name="name">The document.</param>
    /// <param name="next">Its next content; null: it needs no change.</param>
    /// <param name="type">Of the content.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async Task ChangeAsync<T>(string name, Func<T?> next, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        const int attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            if (next() is not { } content)
                return;
            var document = new FleetDocument(
                name, (Documents.Find(name)?.Generation ?? 0) + 1, JsonSerializer.SerializeToUtf8Bytes(content, type));
            if (await Documents.SaveAsync(document, null, cancellationToken) is SaveOutcome.Saved)
                return;
            if (attempt == attempts)
                throw new StartException($"other machines change the list of {name} at the same time; try again");
        }
    }

    private static string? Word(string? text) => text is null
        ? null
        : string.Concat(text.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+').Take(40));

    private Roster ReadRoster() =>
        Documents.Find(RosterName) is { } document && Parse(document, FleetJson.Default.Roster) is { Machines: not null } roster
            ? new([.. roster.Machines.Where(static name => FleetMembership.FindProblem(name) is null)])
            : new([]);

    /// <summary>Of a machine with another version it may not be readable.</summary>
    private static T? Parse<T>(FleetDocument document, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(document.Payload.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Of a machine with another version it may not be readable: then all that is known is that the machine is up.</summary>
    private static MachineReport Read(NodeReport report)
    {
        try
        {
            if (JsonSerializer.Deserialize(report.Payload.Span, FleetJson.Default.MachineReport) is { Version: { } version } read)
                return read with
                {
                    Version = Word(version)!,
                    CertificateSerial = Word(read.CertificateSerial),
                    Addresses = [.. (read.Addresses ?? []).Where(static one => InternetAddress.TryParse(one, out _)).Take(MostAddresses)],
                };
        }
        catch (JsonException)
        {
            // As said.
        }
        return new MachineReport { Version = "unknown", Connections = 0, Bytes = 0 };
    }
}
