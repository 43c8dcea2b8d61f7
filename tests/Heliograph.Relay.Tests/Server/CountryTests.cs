using System.Net;
using System.Text;
using Heliograph.Relay.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Relayed connections, counted by the country that the operator's database gives.</summary>
public sealed class CountryTests : IDisposable
{
    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Only_relayed_connections_count_and_only_while_there_is_a_database()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var site = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"),
            signal.Endpoint,
            decoy: new UpstreamEndpoint.Tcp("127.0.0.1", site.Endpoint.Port),
            change: static options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        var hello = await InnerHello.ForAsync("chat.signal.org");
        await EchoAsync(relay, "192.0.2.1", hello);
        var database = Path.Combine(AppContext.BaseDirectory, "Fixtures", "countries", "countries-28.mmdb");
        relay.Server.UseCountries(CountryDatabaseReader.Read(await File.ReadAllBytesAsync(database, Stop), out _));
        await EchoAsync(relay, "192.0.2.1", hello);
        await EchoAsync(relay, "192.0.2.2", hello);
        await EchoAsync(relay, "192.0.2.128", hello);
        await EchoAsync(relay, "10.0.0.1", hello);
        await EchoAsync(relay, "198.51.100.1", "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        relay.Server.UseCountries(null);
        await EchoAsync(relay, "192.0.2.1", hello);

        await relay.HasCountedAsync(6, ConnectionOutcome.Relayed);
        Assert.Equal(
            [("??", 1L), ("DE", 1L), ("IR", 2L)],
            relay.Server.GetStatistics().Countries.Select(static one => (one.Key, one.Value)).Order());
    }

    private async Task EchoAsync(TestRelay relay, string from, byte[] bytes)
    {
        var header = Encoding.ASCII.GetBytes($"PROXY TCP4 {from} 203.0.113.9 50000 443\r\n");
        await using var client = await TlsInTlsClient.ConnectOuterAsync(
            new() { Proxy = relay.EndPoint, Authority = authority, Preamble = header }, Stop);
        await client.Outer.WriteAsync(bytes, Stop);
        var echoed = new byte[bytes.Length];
        await client.Outer.ReadExactlyAsync(echoed, Stop);
        Assert.Equal(bytes, echoed);
    }
}
