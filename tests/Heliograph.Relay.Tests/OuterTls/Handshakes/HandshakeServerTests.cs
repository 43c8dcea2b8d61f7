using System.Security.Cryptography;
using Heliograph.Relay.Tests.Server;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Hellos;
using Heliograph.Testing.Tls13;
using Heliograph.Tls13.Handshake;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>
/// Which clients are answered without libssl: none where libssl has a post-quantum key exchange (OpenSSL 3.5).
/// <see cref="HandshakesLikeNginxTests"/> shows that the answer is the same.
/// </summary>
public sealed class HandshakeServerTests : IDisposable
{
    private static readonly bool IsPostQuantum = SafeEvpPKeyHandle.OpenSslVersion >= 0x30500000;

    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    public static TheoryData<string> HellosOfSignalsLibrary =>
        [.. HelloFixture.Names.Where(static name => name.StartsWith("outer-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(HellosOfSignalsLibrary))]
    public async Task Signals_clients_are_answered_without_libssl(string name) =>
        await AssertAnsweredAsync(1, RawHello.Parse(HelloFixture.Load(name).Bytes.AsSpan(5)).WithOwnShares());

    [Theory]
    [InlineData(0x1301)]
    [InlineData(0x1302)]
    [InlineData(0x1303)]
    public async Task Each_suite_is_answered_without_libssl(int suite) =>
        await AssertAnsweredAsync(1, RawHello.Ordinary with { Suites = [(ushort)suite] });

    [Fact]
    public async Task Libssl_answers_another_group() => await AssertAnsweredAsync(0, RawHello.Ordinary.WithShares(ClientShare.P256));

    [Fact]
    public async Task Libssl_serves_a_certificate_with_an_RSA_key() => await AssertAnsweredAsync(0, RawHello.Ordinary, TestKey.Rsa);

    [Fact]
    public async Task With_the_option_libssl_performs_every_handshake()
    {
        await using var relay = StartRelay(TestKey.Ecdsa, TlsHandshake.Libssl);
        await AssertAnsweredAsync(0, RawHello.Ordinary, relay);
    }

    [Fact]
    public async Task The_option_changes_while_the_server_runs()
    {
        await using var relay = StartRelay(TestKey.Ecdsa);
        await AssertAnsweredAsync(1, RawHello.Ordinary, relay);
        relay.Server.UseOptions(relay.Options with { Handshake = TlsHandshake.Libssl });
        await AssertAnsweredAsync(1, RawHello.Ordinary, relay);
        relay.Server.UseOptions(relay.Options with { Handshake = TlsHandshake.Auto });
        await AssertAnsweredAsync(2, RawHello.Ordinary, relay);
    }

    [Fact]
    public async Task A_client_that_returns_with_a_ticket_is_resumed_by_libssl()
    {
        await using var relay = TestRelay.Start(authority.Issue(TestKey.Ecdsa, "proxy.example"));
        var hello = RawHello.Ordinary with { Suites = [0x1301] };
        using var first = await RawHandshake.ConnectAsync(relay.EndPoint, Stop);
        await first.OfferAsync(hello);
        Assert.Equal(Flight.Finished, await first.ReadFlightAsync());
        await first.SendAsync(first.ProtectFinished());
        await first.ReadTicketsAsync(SessionTickets.Count);

        using var second = await RawHandshake.ConnectAsync(relay.EndPoint, Stop);
        await second.OfferAsync(second.Resume(hello, first.Tickets[0]));
        Assert.Equal(Flight.Finished, await second.ReadFlightAsync());

        Assert.Equal(IsPostQuantum ? 0 : 1, relay.Server.HandshakesAnswered);
        // A resumed session shows no certificate: ServerHello, ChangeCipherSpec, EncryptedExtensions, Finished.
        Assert.DoesNotContain("Certificate", second.Story, StringComparison.Ordinal);
        Assert.Contains("Certificate", first.Story, StringComparison.Ordinal);
    }

    private async Task AssertAnsweredAsync(long expected, RawHello hello, TestKey kind = TestKey.Ecdsa)
    {
        await using var relay = StartRelay(kind);
        await AssertAnsweredAsync(expected, hello, relay);
    }

    private TestRelay StartRelay(TestKey kind, TlsHandshake handshake = TlsHandshake.Auto) =>
        TestRelay.Start(authority.Issue(kind, "proxy.example"), change: options => options with { Handshake = handshake });

    /// <param name="expected">How many hellos the relay has answered by itself since its start, if OpenSSL is not a newer one.</param>
    /// <param name="hello">What the client sends.</param>
    /// <param name="relay">The relay.</param>
    private static async Task AssertAnsweredAsync(long expected, RawHello hello, TestRelay relay)
    {
        using var client = await RawHandshake.ConnectAsync(relay.EndPoint, Stop);
        await client.OfferAsync(hello);

        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        Assert.Equal(IsPostQuantum ? 0 : expected, relay.Server.HandshakesAnswered);
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(SessionTickets.Count);
        Assert.Equal(SessionTickets.Count, client.Tickets.Count);
    }
}
