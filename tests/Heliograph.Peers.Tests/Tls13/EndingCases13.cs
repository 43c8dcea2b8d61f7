using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>
/// How a connection of TLS 1.3 can end whose ticket is used afterwards: one whose handshake and records are the program's own, and one that
/// asks for small records (max_fragment_length), which is libssl's to its end.
/// </summary>
internal static class EndingCases13
{
    private const byte Alert = 21, Data = 23;

    private static readonly IReadOnlyDictionary<string, Func<RawHandshake, Task>> Endings = new Dictionary<string, Func<RawHandshake, Task>>
    {
        ["close_notify by the client first"] = static client => EndAsync(client, client.Sending.Protect(Alert, [1, 0])),
        ["close_notify by the server first"] = static client => EndAsync(client, client.Sending.Protect(Data, Deeds.Request)),
        ["FIN without close_notify"] = static async client =>
        {
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["RST"] = static client =>
        {
            client.Reset();
            return Task.CompletedTask;
        },
        ["FIN in the middle of a record"] = static async client =>
        {
            await client.SendAsync(client.Sending.Protect(Data, Deeds.Request)[..20]);
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["a fatal alert by the client"] = static client => EndAsync(client, client.Sending.Protect(Alert, [2, 80])),
        ["a fatal alert by the server"] = static client => EndAsync(client, RawHello.Record(Data, new byte[40])),
        ["the connection is still open"] = static _ => Task.CompletedTask,
    };

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } =
        new[] { (Name: "", Hello: RawHello.Ordinary), (Name: ", with small records", Hello: RawHello.Ordinary.With(1, 1)) }
            .SelectMany(static kind => Endings.Select(ending => (Name: ending.Key + kind.Name, ending.Value, kind.Hello)))
            .ToDictionary(static ending => ending.Name, static ending => ComeBack(ending.Value, ending.Hello), StringComparer.Ordinal);

    private static Func<IPEndPoint, Story, Task> ComeBack(Func<RawHandshake, Task> end, RawHello hello) => async (server, story) =>
    {
        var first = await story.ConnectTls13Async(server);
        await first.OfferAsync(hello);
        Assert.Equal(Flight.Finished, await first.ReadFlightAsync());
        await first.SendAsync(first.ProtectFinished());
        await first.ReadTicketsAsync(2);
        await end(first);
        // The server learns of a reset when its loop comes to it: another visitor is served in between.
        await Deeds.OfferAndFinishAsync(await story.ConnectTls13Async(server), hello);
        var second = await story.ConnectTls13Async(server);
        await Deeds.OfferAndFinishAsync(second, second.Resume(hello, first.Tickets[0]));
    };

    private static async Task EndAsync(RawHandshake client, byte[] record)
    {
        await client.SendAsync(record);
        await client.ReadToEndAsync();
    }
}
