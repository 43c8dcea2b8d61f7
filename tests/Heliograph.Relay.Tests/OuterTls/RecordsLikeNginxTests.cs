using Heliograph.Relay.Tests.Server;
using Heliograph.Relay.Upstream;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;
using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls;

/// <summary>
/// What a client may do to the record layer of TLS 1.3 after the handshake: each is answered with the same records as by a real nginx.
/// </summary>
[Trait("Needs", "server")]
public sealed class RecordsLikeNginxTests(RecordsLikeNginxTests.Servers servers) : IClassFixture<RecordsLikeNginxTests.Servers>
{
    public static TheoryData<string> Deeds => [.. RecordCases.All.Keys];

    [Theory]
    [MemberData(nameof(Deeds))]
    public void Is_answered_as_by_nginx(string deed)
    {
        var expected = RecordCases.GetReaction(servers.Nginx.EndPoint, RecordCases.All[deed]);
        var seen = RecordCases.GetReaction(servers.Relay.EndPoint, RecordCases.All[deed]);

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("TLS_AES_128_GCM_SHA256")]
    [InlineData("TLS_AES_256_GCM_SHA384")]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256")]
    public void Every_suite_serves_across_key_updates(string suite)
    {
        var seen = RecordCases.GetReaction(servers.Relay.EndPoint, RecordCases.All["a KeyUpdate that asks for one"], suite);

        Assert.Contains("data", seen, StringComparison.Ordinal);
    }

    /// <remarks>Neither sends anything for half a second: there is no event to wait for.</remarks>
    [Fact]
    public void A_KeyUpdate_is_answered_no_sooner_than_by_nginx()
    {
        foreach (var server in new[] { servers.Nginx.EndPoint, servers.Relay.EndPoint })
        {
            using var client = RawTls13Client.Connect(server);
            Assert.Equal((RecordCases.Handshake, RecordCases.Handshake), (client.Read()?.Type, client.Read()?.Type));
            client.Send(RecordCases.Handshake, RecordCases.KeyUpdateRequest);
            client.Sending.Update();

            Assert.True(client.IsSilentFor(TimeSpan.FromMilliseconds(500)), $"{server} answered");
            Assert.StartsWith("handshake 1800000100, data", RecordCases.GetReaction(client), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_flood_of_KeyUpdates_is_survived_and_other_connections_are_served()
    {
        using var flooding = RawTls13Client.Connect(servers.Relay.EndPoint);
        RecordCases.Repeat(20_000, () =>
        {
            flooding.Send(RecordCases.Handshake, RecordCases.KeyUpdate);
            flooding.Sending.Update();
        });

        var others = RecordCases.GetReaction(servers.Relay.EndPoint, RecordCases.All["nothing unusual"]);
        Assert.Contains("data", others, StringComparison.Ordinal);
        Assert.Contains("data", RecordCases.GetReaction(flooding), StringComparison.Ordinal);
    }

    /// <summary>nginx with certbot's options, and a relay whose decoy is an nginx.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly TestAuthority authority = new();
        private NginxSite site = null!;

        internal NginxWithCertbotsOptions Nginx { get; private set; } = null!;

        internal TestRelay Relay { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");
            Nginx = await NginxWithCertbotsOptions.StartAsync(certificate);
            site = await NginxSite.StartAsync();
            Relay = TestRelay.Start(certificate, decoy: new UpstreamEndpoint.Tcp("127.0.0.1", site.Http1.Port));
        }

        public async ValueTask DisposeAsync()
        {
            await Relay.DisposeAsync();
            await site.DisposeAsync();
            await Nginx.DisposeAsync();
            authority.Dispose();
        }
    }
}
