using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Compare.Measuring;
using Heliograph.Compare.Peers;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>More connections than an address has ports, with few of them.</summary>
public sealed class LanesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(50_000, 1)]
    [InlineData(50_001, 2)]
    [InlineData(100_000, 2)]
    [InlineData(1_000_000, 20)]
    public void An_address_is_given_fewer_connections_than_it_has_ports(int connections, int lanes) =>
        Assert.Equal(lanes, Lanes.For(connections));

    [Theory]
    [InlineData(PeerNames.Heliograph)]
    [InlineData(PeerNames.Nginx)]
    [InlineData(PeerNames.HaProxy)]
    [InlineData(PeerNames.CRelay)]
    [Trait("Needs", "server")]
    public void Every_proxy_carries_the_connections_of_all_lanes(string peer)
    {
        using var directory = new TempDirectory();
        var certificates = Compare.Certificates.Create(directory.Path);
        using var tls = new OuterTls(certificates.CaFile);
        var factory = new ProxyFactory(
            directory.Path, certificates, HeliographProcess.Program, connections: 100, new PeerRoot(null), lanes: 3);
        using var proxy = factory.Start(peer, ProcessorPlan.For(asked: 1, present: 2));
        proxy.WaitUntilReady(tls);

        var tunnels = Workload.OpenIdle(proxy, tls, count: 9);
        foreach (var tunnel in tunnels)
            tunnel.Reset();

        Assert.Equal(3, proxy.Upstream.Addresses.Count);
        Assert.Equal((9, 9), (tunnels.Count, proxy.Upstream.ReleaseResting()));
    }
}
