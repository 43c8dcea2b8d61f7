using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>
/// What a client may do with a session of TLS 1.3 that has become older: how long the next tickets last tells nginx before 1.23.2 from
/// nginx since. One client asks for small records (max_fragment_length): its sessions are libssl's from their beginning.
/// </summary>
internal static class AgedSessionCases
{
    /// <summary>Far enough from the beginning of a second that two servers serve their visitors in the same one.</summary>
    private static readonly TimeSpan IntoTheSecond = TimeSpan.FromMilliseconds(250);

    private static readonly RawHello WithoutShare = RawHello.Ordinary.With(RawHello.KeyShare, 0, 0);

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } = new Dictionary<string, Func<Guest, Task>>
    {
        ["a ticket"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            await guest.VisitAsync(tickets[0]);
        },
        ["both tickets, and one again"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            await guest.VisitAsync(tickets[0]);
            await guest.VisitAsync(tickets[1]);
            await guest.VisitAsync(tickets[0]);
        },
        ["the ticket of a resumed session"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            var more = await guest.VisitAsync(tickets[0]);
            await guest.VisitAsync(more[0]);
        },
        ["the ticket of a resumed session, which is older too"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            var more = await guest.VisitAsync(tickets[0]);
            await WaitAsync();
            await guest.VisitAsync(more[0]);
        },
        ["a HelloRetryRequest"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            var client = await guest.OfferAsync(WithoutShare, tickets[0]);
            Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
            await guest.CompleteAsync(client, tickets[0]);
            await guest.VisitAsync(tickets[0]);
        },
        ["a ticket only after a HelloRetryRequest"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            var client = await guest.OfferAsync(WithoutShare);
            Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
            await guest.CompleteAsync(client, tickets[0]);
        },
        ["a Finished that is late"] = static async guest =>
        {
            var client = await guest.OfferAsync(RawHello.Ordinary);
            Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
            await WaitAsync();
            await Guest.FinishAsync(client);
            await guest.VisitAsync(client.Tickets[0]);
        },
        ["a Finished that is late, and another that is not"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            var late = await guest.OfferAsync(RawHello.Ordinary, tickets[0]);
            Assert.Equal(Flight.Finished, await late.ReadFlightAsync());
            await WaitAsync();
            await guest.VisitAsync(tickets[0]);
            await Guest.FinishAsync(late);
            await guest.VisitAsync(late.Tickets[0]);
        },
        ["a flight that is given up"] = static async guest =>
        {
            var tickets = await guest.VisitAsync();
            await WaitAsync();
            var client = await guest.OfferAsync(RawHello.Ordinary, tickets[0]);
            Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
            client.EndSending();
            await client.ReadToEndAsync();
            await guest.VisitAsync(tickets[0]);
        },
    }
    .SelectMany(static aged => new (string Name, Func<IPEndPoint, Story, Task> Converse)[]
    {
        (aged.Key, (server, story) => ConverseAsync(aged.Value, new(server, story, IsSmall: false))),
        (aged.Key + ", with small records", (server, story) => ConverseAsync(aged.Value, new(server, story, IsSmall: true))),
    })
    .ToDictionary(static aged => aged.Name, static aged => aged.Converse, StringComparer.Ordinal);

    /// <summary>Until the clock says so many seconds more.</summary>
    private static Task WaitAsync(int seconds = 2)
    {
        var clock = TimeProvider.System;
        var now = clock.GetUtcNow();
        var second = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        return Task.Delay(second.AddSeconds(seconds) + IntoTheSecond - now, clock, TestContext.Current.CancellationToken);
    }

    private static async Task ConverseAsync(Func<Guest, Task> converse, Guest guest)
    {
        await WaitAsync(1);
        await converse(guest);
    }

    private sealed record Guest(IPEndPoint Server, Story Story, bool IsSmall)
    {
        /// <summary>A whole connection, which resumes the session of a ticket, if there is one.</summary>
        /// <returns>Its tickets.</returns>
        public async Task<IReadOnlyList<Ticket>> VisitAsync(params Ticket[] tickets)
        {
            var client = await OfferAsync(RawHello.Ordinary, tickets);
            Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
            await FinishAsync(client);
            return client.Tickets;
        }

        public async Task<RawHandshake> OfferAsync(RawHello hello, params Ticket[] tickets)
        {
            var client = await Story.ConnectTls13Async(Server);
            await client.OfferAsync(With(client, hello, tickets));
            return client;
        }

        /// <summary>The second hello, and all that follows.</summary>
        public async Task CompleteAsync(RawHandshake client, Ticket ticket)
        {
            await client.OfferAsync(With(client, RawHello.Ordinary, ticket), 0x0303);
            if (await client.ReadFlightAsync() == Flight.Finished)
                await FinishAsync(client);
        }

        public static async Task FinishAsync(RawHandshake client)
        {
            await client.SendAsync([.. client.ProtectFinished(), .. client.Sending.Protect(23, Deeds.Request)]);
            await client.ReadToEndAsync();
        }

        private RawHello With(RawHandshake client, RawHello hello, params Ticket[] tickets)
        {
            hello = IsSmall ? hello.With(1, 1) : hello;
            return tickets is [] ? hello : client.Resume(hello, tickets);
        }
    }
}
