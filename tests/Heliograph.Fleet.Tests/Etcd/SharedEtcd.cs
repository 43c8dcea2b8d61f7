using System.Security.Cryptography;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Tests.Etcd;
using Heliograph.Testing.Etcd;

[assembly: AssemblyFixture(typeof(SharedEtcd))]

namespace Heliograph.Fleet.Tests.Etcd;

/// <summary>One etcd for all tests that do not break it; each has a prefix of its own.</summary>
public sealed class SharedEtcd : IAsyncLifetime
{
    private EtcdServer? server;

    internal EtcdServer Server => server!;

    public async ValueTask InitializeAsync() => server = await EtcdServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }

    internal static string NewPrefix() => RandomNumberGenerator.GetHexString(16, lowercase: true) + "/";

    internal EtcdClient Connect() => new(OptionsFor(Server));

    internal static EtcdOptions OptionsFor(params EtcdServer[] servers) => new()
    {
        Endpoints = [.. servers.Select(static server => server.Endpoint)],
        Pins = [.. servers.Select(static server => server.Pin)],
        // For a machine with forty busy processes on two cores.
        AnswerLimit = TimeSpan.FromSeconds(20),
    };
}
