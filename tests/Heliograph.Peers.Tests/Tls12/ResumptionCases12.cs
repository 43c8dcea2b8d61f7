using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>What a client may do with a session of TLS 1.2.</summary>
internal static class ResumptionCases12
{
    private const byte Ccs = RawTls12.Ccs, Handshake = RawTls12.Handshake, Data = RawTls12.Data;
    private const int ExtendedMasterSecret = 23;

    private static readonly RawHello Hello = RawTls12.Ordinary;

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } =
        new Dictionary<string, Func<IPEndPoint, Story, Task>>
        {
            ["its session ID"] = static (server, story) => ComeBackAsync(server, story, Hello, Hello),
            ["its session ID, three times"] = static async (server, story) =>
            {
                var session = await VisitAsync(server, story, Hello);
                for (var time = 0; time < 3; time++)
                    session = await VisitAsync(server, story, Hello, session);
            },
            ["a session ID of nobody"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello, static session => session with { Id = RawHello.Filled(32, 1) }),
            ["a session ID that is a byte short"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello, static session => session with { Id = session.Id[..^1] }),
            ["a session ID with a changed byte"] = static (server, story) =>
                ComeBackAsync(
                    server, story, Hello, Hello, static session => session with { Id = [.. session.Id[..^1], (byte)(session.Id[^1] ^ 1)] }),
            ["another name"] = static (server, story) => ComeBackAsync(server, story, Hello, Hello.Named("other.example")),
            ["no name"] = static (server, story) => ComeBackAsync(server, story, Hello, Hello.Without(RawHello.ServerNames)),
            ["an empty list of names"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.With(RawHello.ServerNames, 0, 0)),
            ["a name where there was none"] = static (server, story) =>
                ComeBackAsync(server, story, Hello.Without(RawHello.ServerNames), Hello),
            ["another suite"] = static (server, story) =>
                ComeBackAsync(server, story, Hello with { Suites = [0xc02b, 0xc02f] }, Hello with { Suites = [0xcca9, 0xcca8] }),
            ["another suite, and its own"] = static (server, story) =>
                ComeBackAsync(
                    server, story, Hello with { Suites = [0xc02b, 0xc02f] }, Hello with { Suites = [0xcca9, 0xcca8, 0xc02b, 0xc02f] }),
            ["a suite of another hash"] = static (server, story) =>
                ComeBackAsync(server, story, Hello with { Suites = [0xc02b, 0xc02f] }, Hello with { Suites = [0xc02c, 0xc030] }),
            ["no suite that the server has"] = static (server, story) =>
                RefusedAsync(server, story, Hello with { Suites = [0xc013, 0xc009] }),
            ["no extended_master_secret, which it had"] = static (server, story) =>
                RefusedAsync(server, story, Hello.Without(ExtendedMasterSecret)),
            ["extended_master_secret, which it had not"] = static (server, story) =>
                ComeBackAsync(server, story, Hello.Without(ExtendedMasterSecret), Hello),
            ["no extended_master_secret, as before"] = static (server, story) =>
                ComeBackAsync(server, story, Hello.Without(ExtendedMasterSecret), Hello.Without(ExtendedMasterSecret)),
            ["no renegotiation_info"] = static (server, story) => ComeBackAsync(server, story, Hello, Hello.Without(0xff01)),
            ["no signature_algorithms"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.Without(RawHello.SignatureAlgorithms)),
            ["no groups"] = static (server, story) => ComeBackAsync(server, story, Hello, Hello.Without(RawHello.SupportedGroups, 11)),
            ["a protocol that was not agreed on before"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.WithProtocols("http/1.1")),
            ["max_fragment_length, which it had not"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.And(1, 1)),
            ["max_fragment_length, as before"] = static (server, story) =>
                ComeBackAsync(server, story, Hello.And(1, 1), Hello.And(1, 1)),
            ["no max_fragment_length, which it had"] = static (server, story) =>
                RefusedAsync(server, story, Hello, Hello.And(1, 1)),
            ["a ticket of nobody beside its session ID"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.And(35, new byte[100])),
            ["TLS_FALLBACK_SCSV"] = static (server, story) =>
                RefusedAsync(server, story, Hello with { Suites = [.. Hello.Suites, 0x5600] }),
            ["an older version"] = static (server, story) => RefusedAsync(server, story, Hello with { LegacyVersion = 0x0302 }),
            ["a status request"] = static (server, story) =>
                ComeBackAsync(server, story, Hello, Hello.And(RawHello.StatusRequest, 1, 0, 0, 0, 0)),
            ["DHE, of ECDHE's session"] = static (server, story) => RefusedAsync(server, story, Hello with { Suites = [0x009e] }),
            ["data before its Finished"] = static (server, story) => AnsweredAsync(server, story, static client =>
                [
                    .. client.ChangeCipherSpec(), .. client.Record(Data, Deeds12.LastRequest),
                    .. client.Record(Handshake, client.Finished()),
                ]),
            ["no change_cipher_spec"] = static (server, story) => AnsweredAsync(server, story, static client =>
                RawHello.Record(Handshake, client.Finished())),
            ["a ClientKeyExchange"] = static (server, story) => AnsweredAsync(server, story, static client =>
                [.. RawHello.Record(Handshake, RawHello.Message(16, new byte[33])), .. client.Flight()]),
            ["two change_cipher_spec"] = static (server, story) => AnsweredAsync(server, story, static client =>
                [.. RawHello.Record(Ccs, [1]), .. client.Flight()]),
            ["a wrong Finished"] = static (server, story) => AnsweredAsync(server, story, static client =>
                [.. client.ChangeCipherSpec(), .. client.Record(Handshake, RawHello.Message(20, new byte[12]))]),
            ["a wrong secret"] = static (server, story) => AnsweredAsync(
                server, story, static client => client.Flight(), static session => session with { MasterSecret = new byte[48] }),
            ["a wrong Finished, and its session ID again"] = static async (server, story) =>
            {
                var session = await AnsweredAsync(server, story, static client =>
                    [.. client.ChangeCipherSpec(), .. client.Record(Handshake, RawHello.Message(20, new byte[12]))]);
                await VisitAsync(server, story, Hello, session);
            },
            ["the session of a handshake that was given up"] = static async (server, story) =>
            {
                var client = await story.ConnectTls12Async(server);
                await client.OfferAsync(Hello);
                await client.ReadFlightAsync();
                client.EndSending();
                await client.ReadToEndAsync();
                await VisitAsync(server, story, Hello, client.Session);
            },
            ["its session ID in TLS 1.3"] = static async (server, story) =>
            {
                var session = await VisitAsync(server, story, Hello);
                var client = await story.ConnectTls13Async(server, hidden: session.Id);
                await client.OfferAsync(RawHello.Ordinary with { SessionId = session.Id });
                await client.ReadFlightAsync();
                await client.SendAsync([.. client.ProtectFinished(), .. client.Sending.Protect(Data, Deeds12.LastRequest)]);
                await client.ReadToEndAsync();
            },
        };

    private static async Task<Session12> VisitAsync(IPEndPoint server, Story story, RawHello hello, Session12? session = null)
    {
        var client = await Deeds12.EstablishAsync(server, story, hello, session);
        await Deeds12.LeaveAsync(client);
        return client.Session;
    }

    private static async Task ComeBackAsync(
        IPEndPoint server, Story story, RawHello first, RawHello second, Func<Session12, Session12>? change = null)
    {
        var session = await VisitAsync(server, story, first);
        await VisitAsync(server, story, second, change is null ? session : change(session));
    }

    /// <summary>A second hello that may be refused.</summary>
    private static async Task RefusedAsync(IPEndPoint server, Story story, RawHello second, RawHello? first = null)
    {
        var session = await VisitAsync(server, story, first ?? Hello);
        var client = await story.ConnectTls12Async(server);
        await client.OfferAsync(second, session);
        if (await Deeds12.FinishAsync(client))
            await Deeds12.LeaveAsync(client);
    }

    /// <summary>What the client sends where its change_cipher_spec and Finished are due.</summary>
    private static async Task<Session12> AnsweredAsync(
        IPEndPoint server, Story story, Func<RawTls12, byte[]> answer, Func<Session12, Session12>? change = null)
    {
        var session = await VisitAsync(server, story, Hello);
        var client = await story.ConnectTls12Async(server);
        await client.OfferAsync(Hello, change is null ? session : change(session));
        // ServerHello, change_cipher_spec and Finished, which is not readable to a client with another secret.
        for (var record = 0; record < 3; record++)
            await client.ReadRecordAsync();
        await client.SendAsync(answer(client));
        client.EndSending();
        await client.ReadToEndAsync();
        return session;
    }
}
