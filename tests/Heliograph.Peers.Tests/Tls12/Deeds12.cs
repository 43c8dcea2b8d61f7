using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>What TLS 1.2 clients do on their way.</summary>
internal static class Deeds12
{
    /// <summary>Answered by a page, after which the server closes.</summary>
    public static readonly byte[] LastRequest = [.. "GET / HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n"u8];

    /// <summary>A connection whose handshake is complete.</summary>
    public static async Task<RawTls12> EstablishAsync(IPEndPoint server, Story story, RawHello? hello = null, Session12? session = null)
    {
        var client = await story.ConnectTls12Async(server);
        await client.OfferAsync(hello ?? RawTls12.Ordinary, session);
        await FinishAsync(client);
        return client;
    }

    /// <summary>Goes on from the hello to the end of the handshake, whether the server resumes or not.</summary>
    /// <returns>False: the server ended it.</returns>
    public static async Task<bool> FinishAsync(RawTls12 client)
    {
        var flight = await client.ReadFlightAsync();
        if (flight == Flight.Ended)
            return false;
        await client.SendAsync(client.Flight());
        return flight == Flight.Finished || await client.ReadFlightAsync() == Flight.Finished;
    }

    /// <summary>Asks for the page, and reads to the end.</summary>
    public static async Task LeaveAsync(RawTls12 client)
    {
        await client.SendAsync(client.Record(RawTls12.Data, LastRequest));
        await client.ReadToEndAsync();
    }
}
