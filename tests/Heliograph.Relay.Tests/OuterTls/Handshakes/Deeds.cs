using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>What clients do on the way through a handshake.</summary>
internal static class Deeds
{
    public static readonly byte[] ChangeCipherSpec = [20, 3, 3, 0, 1, 1];

    /// <summary>Answered under either protocol, if only by a refusal; then the connection ends.</summary>
    public static readonly byte[] Request = [.. "GET / HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n"u8];

    /// <summary>Offers a hello and continues as a well-behaved client, to the end of the connection.</summary>
    public static async Task OfferAndFinishAsync(RawHandshake client, RawHello hello, int recordVersion = 0x0301)
    {
        await client.OfferAsync(hello, recordVersion);
        await FinishAsync(client, hello);
    }

    /// <summary>
    /// Reads the server's flight; completes a handshake of TLS 1.3, answering a HelloRetryRequest first, and sends a request. One of
    /// TLS 1.2 is abandoned.
    /// </summary>
    public static async Task FinishAsync(RawHandshake client, RawHello hello)
    {
        var flight = await client.ReadFlightAsync();
        if (flight == Flight.Retry && ClientShare.ForGroup(client.RetryGroup ?? 0) is { } share)
        {
            await client.OfferAsync(hello.WithShares(share), 0x0303);
            flight = await client.ReadFlightAsync();
        }
        if (flight == Flight.Ended)
            return;
        if (flight == Flight.Finished)
            await client.SendAsync([.. ChangeCipherSpec, .. client.ProtectFinished(), .. client.Sending.Protect(23, Request)]);
        else
            client.EndSending();
        await client.ReadToEndAsync();
    }

    /// <summary>Offers <see cref="RawHello.Ordinary"/> and, after the server's flight, sends something in one piece.</summary>
    public static async Task AnswerAsync(RawHandshake client, Func<RawHandshake, byte[]> answer)
    {
        await client.OfferAsync(RawHello.Ordinary);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(answer(client));
        await client.ReadToEndAsync();
    }
}
