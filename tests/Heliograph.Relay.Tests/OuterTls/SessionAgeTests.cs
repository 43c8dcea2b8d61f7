using System.Globalization;
using System.Security.Cryptography;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Tests.Server;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls;

/// <summary>How long the tickets of a resumed session last. The peers' tests compare it with a running nginx.</summary>
public sealed class SessionAgeTests : IAsyncDisposable
{
    private const int Suite = 0x1301;

    private static readonly Ticket Old = new(RawHello.Filled(32, 7), 0, RawHello.Filled(32, 8), HashAlgorithmName.SHA256);

    private readonly TestAuthority authority = new();
    private readonly List<RawHandshake> clients = [];
    private TestRelay? relay;

    [Fact]
    public async Task A_resumed_session_lasts_until_the_one_before_it_would_have_ended()
    {
        StartWithSession(age: 1000, agesSessions: true);

        var first = await ResumeAsync(Old);
        var second = await ResumeAsync(first.Tickets[0]);

        Assert.All([.. Lifetimes(first), .. Lifetimes(second)], static lifetime => Assert.InRange(lifetime, 85_380, 85_400));
    }

    [Fact]
    public async Task Before_nginx_1_23_2_it_begins_anew()
    {
        StartWithSession(age: 1000, agesSessions: false);

        Assert.Equal([86_400], Lifetimes(await ResumeAsync(Old)));
    }

    /// <summary>Every connection with its ticket gets the same answer, whoever else comes with it.</summary>
    [Fact]
    public async Task The_resumed_session_stays_as_it_is()
    {
        StartWithSession(age: 1000, agesSessions: true);

        await ResumeAsync(Old);

        Assert.All(Lifetimes(await ResumeAsync(Old)), static lifetime => Assert.InRange(lifetime, 85_380, 85_400));
    }

    /// <summary>Others come and go meanwhile; nginx knows it for 13,500 handshakes.</summary>
    [Fact]
    public async Task A_session_is_still_known_after_five_hundred_handshakes_of_others()
    {
        StartWithSession(age: 0, agesSessions: true);
        var mine = await ConnectAsync();
        await mine.OfferAsync(RawHello.Ordinary);
        await FinishAsync(mine);

        for (var i = 0; i < 500; i++)
        {
            using var other = await RawHandshake.ConnectAsync(relay!.EndPoint, TestContext.Current.CancellationToken);
            await other.OfferAsync(RawHello.Ordinary);
            Assert.Equal(Flight.Finished, await other.ReadFlightAsync());
            await other.SendAsync(other.ProtectFinished());
            await other.ReadTicketsAsync(2);
        }

        Assert.True(IsResumed(await ResumeAsync(mine.Tickets[0])));
        Assert.True(IsResumed(await ResumeAsync(Old)));
    }

    /// <summary>nginx has aged the copy that belonged to the first hello; the second hello gets another.</summary>
    [Fact]
    public async Task After_a_HelloRetryRequest_it_begins_anew_as_with_nginx()
    {
        StartWithSession(age: 1000, agesSessions: true);

        var client = await ConnectAsync();
        await client.OfferAsync(client.Resume(RawHello.Ordinary.With(RawHello.KeyShare, 0, 0), Old));
        Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
        await client.OfferAsync(client.Resume(RawHello.Ordinary, Old), 0x0303);
        await FinishAsync(client);

        Assert.Equal([86_400], Lifetimes(client));
    }

    /// <summary>
    /// OpenSSL 3.0 still takes a session in its last second, and so does nginx, but makes nothing of it that can be resumed.
    /// </summary>
    [Fact]
    public async Task A_session_at_its_end_can_be_resumed_once()
    {
        StartWithSession(age: NginxShape.SessionSeconds, agesSessions: true);

        var client = await ResumeAsync(Old);
        Assert.SkipUnless(IsResumed(client), "the session has ended: OpenSSL 3.5 gives it no part of a second more");
        var second = await ConnectAsync();
        await second.OfferAsync(second.Resume(RawHello.Ordinary, client.Tickets[0]));
        Assert.Equal(Flight.Finished, await second.ReadFlightAsync());

        Assert.False(IsResumed(second));
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(static client => client.Dispose());
        if (relay is not null)
            await relay.DisposeAsync();
        authority.Dispose();
    }

    /// <summary>Starts a relay that knows <see cref="Old"/>.</summary>
    private unsafe void StartWithSession(int age, bool agesSessions)
    {
        relay = TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"), change: options => options with { AgesSessions = agesSessions });
        var context = relay.Server.TlsContext.Pointer;
        var session = LibSsl.SSL_SESSION_new();
        var owner = NginxShape.SessionContext;
        fixed (byte* id = Old.Identity, key = Old.Psk, name = owner)
        {
            Assert.Equal(1, LibSsl.SSL_SESSION_set_protocol_version(session, LibSsl.Tls13Version));
            Assert.Equal(1, LibSsl.SSL_SESSION_set_cipher(session, FindCipher(context)));
            Assert.Equal(1, LibSsl.SSL_SESSION_set1_id(session, id, (uint)Old.Identity.Length));
            Assert.Equal(1, LibSsl.SSL_SESSION_set1_id_context(session, name, (uint)owner.Length));
            Assert.Equal(1, LibSsl.SSL_SESSION_set1_master_key(session, key, Old.Psk.Length));
        }
        Assert.NotEqual(0, LibSsl.SSL_SESSION_set_time(session, LibSsl.SSL_SESSION_get_time(session) - age));
        Assert.NotEqual(0, LibSsl.SSL_SESSION_set_timeout(session, NginxShape.SessionSeconds));
        relay.Server.TlsContext.Sessions.Add(session);
        LibSsl.SSL_SESSION_free(session);
    }

    private static nint FindCipher(nint context)
    {
        var ciphers = LibSsl.SSL_CTX_get_ciphers(context);
        return Enumerable.Range(0, LibSsl.OPENSSL_sk_num(ciphers))
            .Select(index => LibSsl.OPENSSL_sk_value(ciphers, index))
            .Single(static cipher => LibSsl.SSL_CIPHER_get_protocol_id(cipher) == Suite);
    }

    private async Task<RawHandshake> ConnectAsync()
    {
        clients.Add(await RawHandshake.ConnectAsync(relay!.EndPoint, TestContext.Current.CancellationToken));
        return clients[^1];
    }

    private async Task<RawHandshake> ResumeAsync(Ticket ticket)
    {
        var client = await ConnectAsync();
        await client.OfferAsync(client.Resume(RawHello.Ordinary, ticket));
        await FinishAsync(client);
        return client;
    }

    private static async Task FinishAsync(RawHandshake client)
    {
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(1);
    }

    private static IEnumerable<int> Lifetimes(RawHandshake client) =>
        client.Story.Split('\n').Where(static line => line.Contains("NewSessionTicket", StringComparison.Ordinal))
            .Select(static line => int.Parse(line.Split("NewSessionTicket, ")[1].Split(' ')[0], CultureInfo.InvariantCulture));

    private static bool IsResumed(RawHandshake client) => client.Story.Contains(" 41(", StringComparison.Ordinal);
}
