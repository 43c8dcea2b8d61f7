using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>What a client may say in a handshake of TLS 1.3, the real nginx beside: each is answered with the same records, messages and alerts.</summary>
public sealed class HandshakesLikeNginxTests(HandshakeServers servers)
{
    public static TheoryData<string> Hellos => [.. HelloCases.All.Keys];

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task A_hello_is_answered_as_by_nginx(string hello)
    {
        await servers.CompareAsync(client => Deeds.OfferAndFinishAsync(client, HelloCases.All[hello]));
    }

    [Theory]
    [InlineData("nothing unusual")]
    [InlineData("no signature_algorithms")]
    [InlineData("signature_algorithms with ecdsa_secp256r1_sha256 last")]
    [InlineData("signature_algorithms with another curve's")]
    [InlineData("no supported_versions")]
    [InlineData("TLS_AES_256_GCM_SHA384 only")]
    public async Task A_hello_is_answered_as_by_nginx_with_an_RSA_certificate(string hello)
    {
        await servers.CompareAsync(client => Deeds.OfferAndFinishAsync(client, HelloCases.All[hello]), TestKey.Rsa);
    }
}
