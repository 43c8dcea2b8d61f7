using System.Text.Json;
using Heliograph.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Sealing;
using Microsoft.Extensions.Logging;

namespace Heliograph.Membership;

/// <summary>
/// Brings one machine the fleet's next key, in a document that only that machine and the one that made the fleet can open.
/// </summary>
internal sealed class KeyCourier
{
    private const string Name = "next key";

    private readonly DocumentStore documents;

    /// <param name="client">Of whoever sends or gets it.</param>
    /// <param name="machine">The machine that gets it.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees a key.</param>
    public KeyCourier(EtcdClient client, FleetMembership machine, TimeProvider timeProvider, ILogger logger)
    {
        var member = new FleetMember(client, machine.Key.PersonalTo(machine.Personal), machine.Node, timeProvider, logger);
        documents = new DocumentStore(member, directory: null);
    }

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">Somebody else sends one at the same time.</exception>
    public async Task SendAsync(NextKey next, CancellationToken cancellationToken)
    {
        await documents.ReadAsync(cancellationToken);
        var generation = (documents.Find(Name)?.Generation ?? 0) + 1;
        var content = JsonSerializer.SerializeToUtf8Bytes(next, MembershipJson.Default.NextKey);
        if (await documents.SaveAsync(new FleetDocument(Name, generation, content), null, cancellationToken) is not SaveOutcome.Saved)
            throw new StartException("the fleet's key is changed from elsewhere at the same time; try again");
    }

    /// <summary>Looks now.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task<NextKey?> FindAsync(CancellationToken cancellationToken)
    {
        await documents.ReadAsync(cancellationToken);
        return documents.Find(Name) is { } document ? Read(document) : null;
    }

    /// <summary>Calls <paramref name="got"/> with each key that comes, the last one first, until it is cancelled.</summary>
    public Task RunAsync(Action<NextKey> got, CancellationToken cancellationToken)
    {
        documents.Changed = document =>
        {
            if (document.Name == Name && Read(document) is { } key)
                got(key);
        };
        return documents.RunAsync(cancellationToken);
    }

    private static NextKey? Read(FleetDocument document)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Payload.Span, MembershipJson.Default.NextKey) is { } key
                && key.KeyId?.Length == FleetKey.IdSize && key.Secret?.Length == FleetKey.SecretSize ? key : null;
        }
        catch (JsonException)
        {
            // Written by a version that this one does not know.
            return null;
        }
    }
}
