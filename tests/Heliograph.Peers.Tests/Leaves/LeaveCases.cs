using System.Net;
using System.Text;
using Heliograph.Peers.Tests.Http2;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Leaves;

/// <summary>Clients that take leave with close_notify, somewhere in a request, and wait for what the server says to that.</summary>
internal static class LeaveCases
{
    private const byte Alert = 21, Data = 23;

    // SETTINGS_INITIAL_WINDOW_SIZE
    private const int WindowSize = 4;

    public static IReadOnlyDictionary<string, Func<IPEndPoint, Story, Task>> All { get; } =
        new Dictionary<string, Func<IPEndPoint, Story, Task>>
        {
            ["before a request"] = Http1(""),
            ["in a request line"] = Http1("GET / HT"),
            ["in a request's fields"] = Http1("GET / HTTP/1.1\r\nHost: a\r\nX-Y"),
            ["behind a request"] = Http1("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ["in a body"] = Http1("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"),
            ["in a second request line"] = Http1("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"),
            ["before HTTP/2's preface"] = Http2(),
            ["in HTTP/2's preface"] = Http2(Frames.Preface[..10]),
            ["behind HTTP/2's preface"] = Http2(Frames.Preface, Frames.Settings()),
            ["in a frame"] = Http2(Frames.Preface, Frames.Settings(), Frames.Get(1)[..20]),
            ["in a header block"] = Http2(Frames.Preface, Frames.Settings(), Frames.Headers(1, 1, Frames.Block("GET", "/"))),
            ["behind an HTTP/2 request"] = Http2(Frames.Preface, Frames.Settings(), Frames.Get(1)),
            ["in an answer that waits for its window"] = Http2(Frames.Preface, Frames.Settings((WindowSize, 0)), Frames.Get(1)),
            ["behind GOAWAY"] = Http2(Frames.Preface, Frames.Settings(), Frames.GoAway(0)),
        };

    private static Func<IPEndPoint, Story, Task> Http1(string request) => async (server, story) =>
    {
        var client = await story.ConnectTls13Async(server);
        await client.OfferAsync(RawHello.Ordinary);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(2);
        var said = request.Length == 0 ? [] : client.Sending.Protect(Data, Encoding.ASCII.GetBytes(request));
        await client.SendAsync([.. said, .. client.Sending.Protect(Alert, [1, 0])]);
        await client.ReadToEndAsync();
    };

    private static Func<IPEndPoint, Story, Task> Http2(params byte[][] frames) => async (server, story) =>
    {
        var client = await Http2Client.ConnectAsync(server, story);
        await client.LeaveAsync(frames);
        await client.ReadToEndAsync();
    };
}
