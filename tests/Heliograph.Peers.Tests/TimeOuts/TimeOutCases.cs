using System.Diagnostics;
using System.Net;
using Heliograph.Peers.Tests.Http2;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.TimeOuts;

/// <summary>
/// Clients that stop, or go on without ever finishing, and wait until the server ends the connection; told with the time at which it does.
/// </summary>
internal static class TimeOutCases
{
    private const byte Data = 23;

    /// <summary>To tell nginx's limits apart on a busy machine.</summary>
    private const int Precision = 5;

    // SETTINGS_INITIAL_WINDOW_SIZE
    private const int WindowSize = 4;

    /// <summary>Does not fall together with any of nginx's limits.</summary>
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(11);

    /// <summary>Of a client that has connected: it is what the server's clock is measured with.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private static readonly byte[] Ping = Frames.Ping([1, 2, 3, 4, 5, 6, 7, 8]);

    private static readonly byte[] Hello = RawHello.Record(22, RawHello.Ordinary.ToMessage(), 0x0301);

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } =
        new Dictionary<string, Func<IPEndPoint, Story, Task>>
        {
            ["late with the hello"] = static (server, story) => EstablishAsync(server, story, static _ => [], Silence),
            ["late with the hello for HTTP/2"] = static async (server, story) =>
                await (await Http2Client.ConnectAsync(server, story, Silence)).ReadToEndAsync(),
            ["with a byte of a request now and then"] = static async (server, story) =>
            {
                var client = await ConnectAsync(server, story);
                await KeepSendingAsync(client.ReadToEndAsync(), () => client.SendAsync(client.Sending.Protect(Data, "A"u8)));
            },
            ["with PINGs and no request"] = static (server, story) =>
                KeepSendingAsync(server, story, Ping, Frames.Preface, Frames.Settings()),
            ["with PINGs behind an HTTP/2 request"] = static (server, story) =>
                KeepSendingAsync(server, story, Ping, Frames.Preface, Frames.Settings(), Frames.Get(1)),
            ["with a byte of a header block now and then"] = static (server, story) =>
                KeepSendingAsync(
                    server, story, "a"u8.ToArray(), Frames.Preface, Frames.Settings(), Frames.Get(1, new string('a', 100))[..40]),
            ["with a byte of a frame now and then, behind an HTTP/2 request"] = static (server, story) =>
                KeepSendingAsync(
                    server, story, [0], Frames.Preface, Frames.Settings(), Frames.Get(1), Frames.Data(1, 0, new byte[100])[..20]),
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
        }.ToDictionary(static one => one.Key, static one => WithTime(one.Value));

    /// <summary>Sends PINGs, one as soon as the other is acknowledged, and no request.</summary>
    /// <returns>How many were acknowledged before the server closed.</returns>
    public static async Task<int> CountPingsAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        using var story = new Story(cancellationToken);
        var client = await Http2Client.ConnectAsync(server, story);
        await client.SendAsync(Frames.Preface, Frames.Settings());
        var count = 0;
        while (await client.PauseAsync(streams: 0))
            count++;
        return count;
    }

    private static Func<IPEndPoint, Story, Task> WithTime(Func<IPEndPoint, Story, Task> conversation) => async (server, story) =>
    {
        var clock = Stopwatch.StartNew();
        await conversation(server, story);
        story.Tell($"after {Math.Round(clock.Elapsed.TotalSeconds / Precision) * Precision} s");
    };

    private static async Task SendAsync(IPEndPoint server, Story story, params byte[] bytes)
    {
        var client = await story.ConnectTls13Async(server);
        client.Say(RawHello.Ordinary.ToMessage());
        await client.SendAsync(bytes);
        await client.ReadToEndAsync();
    }

    private static async Task EstablishAsync(
        IPEndPoint server, Story story, Func<RawHandshake, byte[]> bytes, TimeSpan silence = default)
    {
        var client = await ConnectAsync(server, story, silence);
        await client.SendAsync(bytes(client));
        await client.ReadToEndAsync();
    }

    private static async Task<RawHandshake> ConnectAsync(IPEndPoint server, Story story, TimeSpan silence = default)
    {
        var client = await story.ConnectTls13Async(server);
        await Task.Delay(silence, story.CancellationToken);
        await client.OfferAsync(RawHello.Ordinary);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(2);
        return client;
    }

    private static async Task KeepSendingAsync(IPEndPoint server, Story story, byte[] again, params byte[][] frames)
    {
        var client = await Http2Client.ConnectAsync(server, story);
        await client.SendAsync(frames);
        await KeepSendingAsync(client.ReadToEndAsync(), () => client.SendAsync(again));
    }

    /// <summary>Until the server ends the connection.</summary>
    private static async Task KeepSendingAsync(Task end, Func<Task> send)
    {
        while (await Task.WhenAny(end, Task.Delay(Rhythm)) != end)
            await send();
        await end;
    }

    private static async Task Http2Async(IPEndPoint server, Story story, params byte[][] frames)
    {
        var client = await Http2Client.ConnectAsync(server, story);
        if (frames.Length > 0)
            await client.SendAsync(frames);
        await client.ReadToEndAsync();
    }
}
