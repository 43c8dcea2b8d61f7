using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>
/// The hellos of <see cref="WireCases"/> in two segments, of which the second is sent when the server has seen the first: a server that
/// refuses the first closes before the second comes, and the kernel answers that with RST.
/// </summary>
internal static class SegmentCases
{
    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } = WireCases.All.Concat(WireCases.Behind)
        .Where(static wire => wire.Value.Length < 5000)
        .SelectMany(static wire => new[] { 1, 5, 6, 9, wire.Value.Length / 2, wire.Value.Length - 1 }
            .Where(at => at > 0 && at < wire.Value.Length).Distinct()
            .Select(at => (Name: $"{wire.Key}, cut at {at}", wire.Value, at)))
        .ToDictionary(static cut => cut.Name, static cut => InTwo(cut.Value, cut.at), StringComparer.Ordinal);

    private static Func<IPEndPoint, Story, Task> InTwo(byte[] bytes, int at) => async (server, story) =>
    {
        var client = await story.ConnectTls13Async(server);
        client.Say(RawHello.Ordinary.ToMessage());
        await client.SendAsync(bytes[..at]);
        // Visitors that are served in between, at least one on each of the program's loops: then it has come to this connection too.
        var visitors = new List<RawHandshake>();
        for (var loop = 0; loop <= Environment.ProcessorCount; loop++)
        {
            visitors.Add(await RawHandshake.ConnectAsync(server, story.CancellationToken));
            await visitors[^1].OfferAsync(RawHello.Ordinary);
            await visitors[^1].ReadFlightAsync();
        }
        visitors.ForEach(static visitor => visitor.Dispose());
        await client.SendAsync(bytes[at..]);
        client.EndSending();
        await client.ReadToEndAsync();
    };
}
