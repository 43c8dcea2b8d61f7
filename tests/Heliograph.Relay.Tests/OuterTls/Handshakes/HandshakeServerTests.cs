using Heliograph.Relay.Tests.Server;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Hellos;
using Heliograph.Testing.Tls13;
using Heliograph.Tls13.Handshake;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>Who is answered without libssl. That the answer is the same is <see cref="HandshakesLikeNginxTests"/>' to show.</summary>
public sealed class HandshakeServerTests : IDisposable
{
    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    public static TheoryData<string> HellosOfSignalsLibrary => [.. HelloFixture.Names.Where(static name => name.StartsWith("outer-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(HellosOfSignalsLibrary))]
    public async Task Signals_clients_are_answered_without_libssl(string name) =>
        await AssertAnsweredAsync(1, RawHello.Parse(HelloFixture.Load(name).Bytes.AsSpan(5)).WithOwnShares());

    [Theory]
    [InlineData(0x1301)]
    [InlineData(0x1302)]
    [InlineData(0x1303)]
    public async Task Each_suite_of_ours_is(int suite) => await AssertAnsweredAsync(1, RawHello.Ordinary with { Suites = [(ushort)suite] });

    [Fact]
    public async Task Another_group_is_libssls() => await AssertAnsweredAsync(0, RawHello.Ordinary.WithShares(ClientShare.P256));

    [Fact]
    public async Task A_certificate_with_an_RSA_key_is_libssls() => await AssertAnsweredAsync(0, RawHello.Ordinary, TestKey.Rsa);

    [Fact]
    public async Task Whoever_comes_back_with_a_ticket_is_resumed_by_libssl()
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

        Assert.Equal(1, relay.Server.HandshakesAnswered);
        // A resumed session shows no certificate: ServerHello, ChangeCipherSpec, EncryptedExtensions, Finished.
        Assert.DoesNotContain("Certificate", second.Story, StringComparison.Ordinal);
        Assert.Contains("Certificate", first.Story, StringComparison.Ordinal);
    }

    private async Task AssertAnsweredAsync(long expected, RawHello hello, TestKey kind = TestKey.Ecdsa)
    {
        await using var relay = TestRelay.Start(authority.Issue(kind, "proxy.example"));
        using var client = await RawHandshake.ConnectAsync(relay.EndPoint, Stop);
        await client.OfferAsync(hello);

        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        Assert.Equal(expected, relay.Server.HandshakesAnswered);
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(SessionTickets.Count);
        Assert.Equal(SessionTickets.Count, client.Tickets.Count);
    }
}
