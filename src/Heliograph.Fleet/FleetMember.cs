using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Sealing;
using Microsoft.Extensions.Logging;

namespace Heliograph.Fleet;

/// <summary>This machine in its fleet: how it reaches etcd, the key that all share, and the name that it has among them.</summary>
public sealed class FleetMember
{
    public FleetMember(EtcdClient client, FleetKey key, string node, TimeProvider timeProvider, ILogger logger)
    {
        Client = client;
        Key = key;
        Node = node;
        TimeProvider = timeProvider;
        Logger = logger;
        Names = new KeyNames(key);
    }

    public string Node { get; }

    internal EtcdClient Client { get; }

    internal FleetKey Key { get; }

    internal KeyNames Names { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    internal PrefixWatch Watch(string prefix) => new(Client, prefix, TimeProvider);

    internal byte[] Seal(string place, ReadOnlySpan<byte> content) => SealedDocument.Seal(Key, place, content);

    /// <summary>Opens what is at a place; what does not open is logged.</summary>
    internal byte[]? Open(KeyValue found)
    {
        if (SealedDocument.TryOpen(Key, found.Key, found.Value.Span, out var content, out var problem))
            return content;
        Logger.NotOpened(problem);
        return null;
    }
}
