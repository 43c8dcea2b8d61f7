using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Sealing;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing;
using Heliograph.Testing.Etcd;

namespace Heliograph.Fleet.Tests;

/// <summary>A new fleet in some etcd, and its machines.</summary>
internal sealed class TestFleet : IDisposable
{
    /// <summary>The shortest lease that etcd grants with its usual elections.</summary>
    public static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(2);

    private readonly EtcdServer server;
    private readonly List<EtcdClient> clients = [];

    public TestFleet(EtcdServer server) => this.server = server;

    public FleetKey Key { get; } = FleetKey.Create();

    public RecordingLogger Logger { get; } = new();

    /// <summary>A machine with a connection of its own.</summary>
    public FleetMember Join(string name, TimeProvider? timeProvider = null)
    {
        var client = new EtcdClient(SharedEtcd.OptionsFor(server));
        clients.Add(client);
        return new FleetMember(client, Key, name, timeProvider ?? TimeProvider.System, Logger);
    }

    public void Dispose()
    {
        foreach (var client in clients)
            client.Dispose();
    }
}
