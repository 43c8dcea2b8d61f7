using Heliograph.Relay.Tests.OuterTls.Handshakes;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>More KeyUpdates than anybody needs (RFC 8446 section 4.6.3). Each ends with a request.</summary>
internal static class KeyUpdateCases
{
    private const byte Handshake = 22, Data = 23;

    private static readonly byte[] Update = [24, 0, 0, 1, 0], Request = [24, 0, 0, 1, 1];

    public static IReadOnlyDictionary<string, Func<RawHandshake, Task>> All { get; } = new Dictionary<string, Func<RawHandshake, Task>>
    {
        ["none"] = static client => SendAsync(client, 0, static _ => []),
        ["10,000"] = static client => SendAsync(client, 10_000, static client => Updated(client, Update)),
        ["10,000 that ask for one"] = static client => SendAsync(client, 10_000, static client => Updated(client, Request)),
        ["10,000 with a byte of the request between"] = static client =>
            SendAsync(client, 10_000, static client => [.. Updated(client, Update), .. client.Sending.Protect(Data, "\n"u8)]),
        ["10,000 that ask for one, with an empty record between"] = static client =>
            SendAsync(client, 10_000, static client => [.. Updated(client, Request), .. client.Sending.Protect(Data, [])]),
        ["1,000, each in five records"] = static client => SendAsync(client, 1000, static client =>
        {
            byte[] records = [.. Update.SelectMany(value => client.Sending.Protect(Handshake, [value]))];
            client.Sending.Update();
            return records;
        }),
        ["1,000, and the old key"] = static client => SendAsync(client, 1000, static client => Updated(client, Update), keepsLastKey: true),
    };

    private static byte[] Updated(RawHandshake client, byte[] message)
    {
        var record = client.Sending.Protect(Handshake, message);
        client.Sending.Update();
        return record;
    }

    private static async Task SendAsync(RawHandshake client, int times, Func<RawHandshake, byte[]> records, bool keepsLastKey = false)
    {
        await client.OfferAsync(RawHello.Ordinary);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
        await client.SendAsync(client.ProtectFinished());
        await client.ReadTicketsAsync(2);
        var before = client.ApplicationKeys;
        for (var time = 0; time < times; time++)
            await client.SendAsync(records(client));
        await client.SendAsync((keepsLastKey ? before : client.Sending).Protect(Data, Deeds.Request));
        await client.ReadToEndAsync();
    }
}
