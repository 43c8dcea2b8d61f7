using System.Net;
using Heliograph.Peers.Tests.Http2;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.TimeOuts;

/// <summary>Clients that stop, and wait until the server ends the connection.</summary>
internal static class TimeOutCases
{
    private const byte Data = 23;

    // SETTINGS_INITIAL_WINDOW_SIZE
    private const int WindowSize = 4;

    private static readonly byte[] Hello = RawHello.Record(22, RawHello.Ordinary.ToMessage(), 0x0301);

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } =
        new Dictionary<string, Func<IPEndPoint, Story, Task>>
        {
            ["before a byte"] = static (server, story) => SendAsync(server, story),
            ["in a record's header"] = static (server, story) => SendAsync(server, story, Hello[..3]),
            ["in the hello"] = static (server, story) => SendAsync(server, story, Hello[..50]),
            ["in a plain request"] = static (server, story) => SendAsync(server, story, [.. "GET / HTTP/1.1\r\nHost"u8]),
            ["behind the hello"] = static (server, story) => SendAsync(server, story, Hello),
            ["behind the handshake"] = static (server, story) => EstablishAsync(server, story, static _ => []),
            ["in a record"] = static (server, story) =>
                EstablishAsync(server, story, static client => client.Sending.Protect(Data, Deeds.Request)[..20]),
            ["in a request line"] = static (server, story) =>
                EstablishAsync(server, story, static client => client.Sending.Protect(Data, "GET / HT"u8)),
            ["in a request's fields"] = static (server, story) =>
                EstablishAsync(server, story, static client => client.Sending.Protect(Data, "GET / HTTP/1.1\r\nHost: a\r\nX-Y"u8)),
            ["behind a request"] = static (server, story) =>
                EstablishAsync(server, story, static client => client.Sending.Protect(Data, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8)),
            ["in a hello of Signal's"] = static (server, story) =>
                EstablishAsync(server, story, static client => client.Sending.Protect(Data, Hello.AsSpan(..50))),
            ["before HTTP/2's preface"] = static (server, story) => Http2Async(server, story, []),
            ["in HTTP/2's preface"] = static (server, story) => Http2Async(server, story, Frames.Preface[..10]),
            ["behind HTTP/2's preface"] = static (server, story) => Http2Async(server, story, Frames.Preface, Frames.Settings()),
            ["in a frame"] = static (server, story) =>
                Http2Async(server, story, Frames.Preface, Frames.Settings(), Frames.Get(1)[..20]),
            ["in a header block"] = static (server, story) =>
                Http2Async(server, story, Frames.Preface, Frames.Settings(), Frames.Headers(1, 1, Frames.Block("GET", "/"))),
            ["behind an HTTP/2 request"] = static (server, story) =>
                Http2Async(server, story, Frames.Preface, Frames.Settings(), Frames.Get(1)),
            ["behind an answer that the client has reset"] = static (server, story) =>
                Http2Async(server, story, Frames.Preface, Frames.Settings((WindowSize, 0)), Frames.Get(1), Frames.Reset(1)),
            ["in an answer that waits for its window"] = static (server, story) =>
                Http2Async(server, story, Frames.Preface, Frames.Settings((WindowSize, 0)), Frames.Get(1)),
        };

    private static async Task SendAsync(IPEndPoint server, Story story, params byte[] bytes)
    {
        var client = await story.ConnectTls13Async(server);
        client.Say(RawHello.Ordinary.ToMessage());
        await client.SendAsync(bytes);
        await client.ReadToEndAsync();
    }

    private static async Task EstablishAsync(IPEndPoint server, Story story, Func<RawHandshake, byte[]> bytes)
    {
        var client = await story.ConnectTls13Async(server);
        await client.OfferAsync(RawHello.Ordinary);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(2);
        await client.SendAsync(bytes(client));
        await client.ReadToEndAsync();
    }

    private static async Task Http2Async(IPEndPoint server, Story story, params byte[][] frames)
    {
        var client = await Http2Client.ConnectAsync(server, story);
        if (frames.Length > 0)
            await client.SendAsync(frames);
        await client.ReadToEndAsync();
    }
}
