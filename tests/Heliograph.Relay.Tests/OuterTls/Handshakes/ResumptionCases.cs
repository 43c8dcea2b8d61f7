using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>What a client may do with its tickets.</summary>
internal static class ResumptionCases
{
    private static readonly RawHello Hello = Ordinary with { Suites = [0x1301] };

    public static IReadOnlyDictionary<string, Func<Visitor, Task>> All { get; } = new Dictionary<string, Func<Visitor, Task>>
    {
        ["the first ticket"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [tickets[0]]),
        ["the second ticket"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [tickets[1]]),
        ["both tickets, one after the other"] = static async visitor =>
        {
            var tickets = await ResumeAsync(visitor, Hello, static tickets => [tickets[0]]);
            await ResumeAsync(visitor, Hello, tickets[1]);
        },
        ["a ticket twice"] = static async visitor =>
        {
            var tickets = await ResumeAsync(visitor, Hello, static tickets => [tickets[0]]);
            await ResumeAsync(visitor, Hello, tickets[0]);
        },
        ["the ticket of a resumed session"] = static async visitor =>
        {
            var tickets = await VisitAsync(visitor, Hello);
            var more = await ResumeAsync(visitor, Hello, tickets[0]);
            await ResumeAsync(visitor, Hello, more[0]);
        },
        ["both tickets in one hello"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [tickets[1], tickets[0]]),
        ["an unknown ticket before"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [Unknown(tickets[0]), tickets[0]]),
        ["an unknown ticket behind"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [tickets[0], Unknown(tickets[0])]),
        ["an unknown ticket"] = static visitor => ResumeAsync(visitor, Hello, static tickets => [Unknown(tickets[0])]),
        ["a ticket and the other's key"] = static visitor =>
            ResumeAsync(visitor, Hello, static tickets => [tickets[0] with { Psk = tickets[1].Psk }]),
        ["a ticket of another age"] = static visitor =>
            ResumeAsync(visitor, Hello, static tickets => [tickets[0] with { AgeAdd = ~tickets[0].AgeAdd }]),
        ["a wrong binder"] = static visitor => ResumeChangedAsync(visitor, static data => data[^1] ^= 1),
        ["a binder of the wrong length"] = static visitor => ResumeChangedAsync(visitor, static data => data[^33]--),
        ["another ticket's bytes"] = static visitor => ResumeChangedAsync(visitor, static data => data[10] ^= 1),
        ["a length of the identities that is too long"] = static visitor => ResumeChangedAsync(visitor, static data => data[1]++),
        ["a binder too few"] = static async visitor =>
        {
            var tickets = await VisitAsync(visitor, Hello);
            var client = await visitor.ConnectAsync();
            var data = client.Resume(Hello, tickets[0], tickets[1]).Extensions[^1].Data;
            byte[] one = [.. data.AsSpan(..^68), 0, 33, .. data.AsSpan(^66..^33)];
            await Deeds.OfferAndFinishAsync(client, Hello.And(PreSharedKey, one));
        },
        ["another name"] = static visitor => ResumeAsync(visitor, Hello.Named("other.example"), static tickets => [tickets[0]]),
        ["no name"] = static visitor => ResumeAsync(visitor, Hello.Without(ServerNames), static tickets => [tickets[0]]),
        ["a protocol that was not agreed on before"] = static visitor =>
            ResumeAsync(visitor, Hello.WithProtocols("h2"), static tickets => [tickets[0]]),
        ["psk_ke only"] = static visitor => ResumeAsync(visitor, Hello.With(PskModes, 1, 0), static tickets => [tickets[0]]),
        ["psk_ke only, and no key share"] = static visitor =>
            ResumeAsync(visitor, Hello.With(PskModes, 1, 0).Without(KeyShare, SupportedGroups), static tickets => [tickets[0]]),
        ["psk_ke and psk_dhe_ke"] = static visitor => ResumeAsync(visitor, Hello.With(PskModes, 2, 0, 1), static tickets => [tickets[0]]),
        ["no psk_key_exchange_modes"] = static visitor => ResumeAsync(visitor, Hello.Without(PskModes), static tickets => [tickets[0]]),
        ["unknown psk_key_exchange_modes"] = static visitor =>
            ResumeAsync(visitor, Hello.With(PskModes, 1, 9), static tickets => [tickets[0]]),
        ["no signature_algorithms"] = static visitor =>
            ResumeAsync(visitor, Hello.Without(SignatureAlgorithms), static tickets => [tickets[0]]),
        ["another suite of the same hash"] = static visitor =>
            ResumeAsync(visitor, Hello with { Suites = [0x1303] }, static tickets => [tickets[0]]),
        ["another suite of another hash"] = static visitor =>
            ResumeAsync(visitor, Hello with { Suites = [0x1302] }, static tickets => [tickets[0]]),
        ["P-256"] = static visitor => ResumeAsync(visitor, Hello.WithShares(ClientShare.P256), static tickets => [tickets[0]]),
        ["early data"] = static visitor => ResumeAsync(visitor, Hello.With(EarlyData), static tickets => [tickets[0]]),
        ["an empty legacy_session_id"] = static visitor =>
            ResumeAsync(visitor, Hello with { SessionId = [] }, static tickets => [tickets[0]]),
        ["TLS_AES_256_GCM_SHA384"] = static async visitor =>
        {
            var hello = Ordinary with { Suites = [0x1302] };
            await ResumeAsync(visitor, hello, (await VisitAsync(visitor, hello))[0]);
        },
        ["a HelloRetryRequest"] = static async visitor =>
        {
            var tickets = await VisitAsync(visitor, Hello);
            var client = await visitor.ConnectAsync();
            await client.OfferAsync(client.Resume(Hello.With(KeyShare, 0, 0), tickets[0]));
            Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
            var second = client.Resume(Hello, tickets[0]);
            await client.OfferAsync(second, 0x0303);
            await Deeds.FinishAsync(client, second);
        },
        ["pre_shared_key not at the end"] = static async visitor =>
        {
            var tickets = await VisitAsync(visitor, Hello);
            var client = await visitor.ConnectAsync();
            await Deeds.OfferAndFinishAsync(client, client.Resume(Hello, tickets[0]).And(0x2a2a));
        },
        ["a ticket of a connection that was given up"] = static async visitor =>
        {
            var first = await visitor.ConnectAsync();
            await first.OfferAsync(Hello);
            Assert.Equal(Flight.Finished, await first.ReadFlightAsync());
            await first.SendAsync(first.ProtectFinished());
            first.EndSending();
            await first.ReadToEndAsync();
            await ResumeAsync(visitor, Hello, first.Tickets[0]);
        },
        ["a ticket of a connection that an alert ended"] = static async visitor =>
        {
            var first = await visitor.ConnectAsync();
            await first.OfferAsync(Hello);
            Assert.Equal(Flight.Finished, await first.ReadFlightAsync());
            await first.SendAsync([.. first.ProtectFinished(), .. first.Sending.Protect(21, [2, 80])]);
            await first.ReadToEndAsync();
            await ResumeAsync(visitor, Hello, first.Tickets[0]);
        },
        ["the ticket of a connection that is still open"] = static async visitor =>
        {
            var first = await visitor.ConnectAsync();
            await first.OfferAsync(Hello);
            Assert.Equal(Flight.Finished, await first.ReadFlightAsync());
            await first.SendAsync(first.ProtectFinished());
            await first.ReadTicketsAsync(2);
            await ResumeAsync(visitor, Hello, first.Tickets[0]);
            await first.SendAsync(first.Sending.Protect(23, Deeds.Request));
            await first.ReadToEndAsync();
        },
    };

    private static Ticket Unknown(Ticket ticket) => ticket with { Identity = Filled(32, 6), Psk = Filled(32, 6) };

    private static async Task<IReadOnlyList<Ticket>> VisitAsync(Visitor visitor, RawHello hello)
    {
        var client = await visitor.ConnectAsync();
        await Deeds.OfferAndFinishAsync(client, hello);
        return client.Tickets;
    }

    /// <summary>A first visit, and one that resumes.</summary>
    /// <returns>The first one's tickets.</returns>
    private static async Task<IReadOnlyList<Ticket>> ResumeAsync(
        Visitor visitor, RawHello hello, Func<IReadOnlyList<Ticket>, Ticket[]> choose)
    {
        var tickets = await VisitAsync(visitor, Hello);
        await ResumeAsync(visitor, hello, choose(tickets));
        return tickets;
    }

    private static async Task<IReadOnlyList<Ticket>> ResumeAsync(Visitor visitor, RawHello hello, params Ticket[] tickets)
    {
        var client = await visitor.ConnectAsync();
        await Deeds.OfferAndFinishAsync(client, client.Resume(hello, tickets));
        return client.Tickets;
    }

    private static async Task ResumeChangedAsync(Visitor visitor, Action<byte[]> change)
    {
        var tickets = await VisitAsync(visitor, Hello);
        var client = await visitor.ConnectAsync();
        var resuming = client.Resume(Hello, tickets[0]);
        change(resuming.Extensions[^1].Data);
        await Deeds.OfferAndFinishAsync(client, resuming);
    }
}
