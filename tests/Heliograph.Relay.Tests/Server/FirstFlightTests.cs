using System.Buffers.Binary;
using System.Security.Authentication;
using Heliograph.Relay.Relaying;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Wire;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Which records are padded, by what an observer sees, and that the client gets the same bytes.</summary>
public sealed class FirstFlightTests : IDisposable
{
    private const int First = 3_000, Second = 100, LongestUnpadded = First + 100;

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public FirstFlightTests() => certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");

    public void Dispose() => authority.Dispose();

    [Theory(Timeout = Bound.Test)]
    [InlineData(TlsHandshake.Auto)]
    [InlineData(TlsHandshake.Libssl)]
    public async Task The_first_record_of_a_relayed_connection_has_a_length_of_its_own_and_the_next_none(TlsHandshake handshake)
    {
        var lengths = new HashSet<int>();
        for (var connection = 0; connection < 5; connection++)
        {
            var records = await RecordsAsync(pads: true, handshake: handshake);

            var padded = records.FindIndex(static length => length > LongestUnpadded);
            Assert.InRange(records[padded], FirstFlight.Shortest, FirstFlight.Longest);
            Assert.All(records[(padded + 1)..], static length => Assert.InRange(length, 1, LongestUnpadded));
            lengths.Add(records[padded]);
        }
        Assert.True(lengths.Count > 1, "every connection has the same length");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Without_it_nothing_is_padded() => AssertUnpadded(await RecordsAsync(pads: false));

    [Fact(Timeout = Bound.Test)]
    public async Task TLS_1_2_has_no_padding() => AssertUnpadded(await RecordsAsync(pads: true, protocol: SslProtocols.Tls12));

    [Fact(Timeout = Bound.Test)]
    public async Task The_decoys_visitors_get_the_records_of_a_web_server() =>
        AssertUnpadded(await RecordsAsync(pads: true, name: "www.example.com"));

    private static void AssertUnpadded(List<int> records) =>
        Assert.All(records, static length => Assert.InRange(length, 1, LongestUnpadded));

    /// <summary>The lengths of the records that a client is sent, which gets two writes from Signal's side or from the decoy's.</summary>
    private async Task<List<int>> RecordsAsync(
        bool pads,
        TlsHandshake handshake = TlsHandshake.Auto,
        SslProtocols protocol = SslProtocols.Tls13,
        string name = "chat.signal.org")
    {
        await using var upstream = StandInSignal.StartRaw(static async connection =>
        {
            _ = await connection.Data.ReadAsync(new byte[4096], connection.Stopping);
            await TestData.WriteAsync(connection.Data, 1, First, connection.Stopping);
            _ = await connection.Data.ReadAsync(new byte[4096], connection.Stopping);
            await TestData.WriteAsync(connection.Data, 2, Second, connection.Stopping);
            await connection.CloseSendingAsync();
        });
        var decoy = new UpstreamEndpoint.Tcp("127.0.0.1", upstream.Endpoint.Port);
        await using var relay = TestRelay.Start(
            certificate, upstream.Endpoint, decoy: decoy,
            change: options => options with { PadsFirstFlight = pads, Handshake = handshake });
        await using var hop = new ObservedHop(relay.EndPoint);
        await using (var client = await TlsInTlsClient.ConnectOuterAsync(
            new TlsInTlsOptions { Proxy = hop.Endpoint, Authority = authority, OuterProtocols = protocol }, Bound.Token))
        {
            await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
            Assert.Equal(TestData.Hash(1, First), await TestData.ReadHashAsync(client.Outer, First, Bound.Token));
            await client.Outer.WriteAsync(new byte[1], Bound.Token);
            Assert.Equal(TestData.Hash(2, Second), await TestData.ReadHashAsync(client.Outer, Second, Bound.Token));
            Assert.Equal(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
        }
        var packets = Assert.Single(await hop.PacketsAsync(Bound.Token));
        return Lengths([.. packets.Where(static packet => !packet.IsUp).SelectMany(static packet => packet.Payload.ToArray())]);
    }

    private static List<int> Lengths(ReadOnlySpan<byte> records)
    {
        var lengths = new List<int>();
        for (; !records.IsEmpty; records = records[lengths[^1]..])
            lengths.Add(5 + BinaryPrimitives.ReadUInt16BigEndian(records[3..]));
        return lengths;
    }
}
