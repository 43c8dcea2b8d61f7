using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>
/// How a connection can end after which a client comes back with its session. Each returns when the server has seen the end, as far as a
/// client can know.
/// </summary>
internal static class EndingCases
{
    private static readonly byte[] KeptRequest = [.. "GET /notes.txt HTTP/1.1\r\nHost: proxy.example\r\n\r\n"u8];

    public static IReadOnlyDictionary<string, Func<RawTls12, Task>> All { get; } = new Dictionary<string, Func<RawTls12, Task>>
    {
        ["close_notify by the client first"] = static client => EndAsync(client, client.Record(RawTls12.Alert, 1, 0)),
        ["close_notify by the client first, after a request"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest));
            await client.ReadRecordAsync();
            await EndAsync(client, client.Record(RawTls12.Alert, 1, 0));
        },
        ["close_notify by the server first"] = Deeds12.LeaveAsync,
        ["close_notify by both, the server first"] = static async client =>
        {
            await Deeds12.LeaveAsync(client);
            await client.SendAsync(client.Record(RawTls12.Alert, 1, 0));
        },
        ["FIN without close_notify"] = static async client =>
        {
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["FIN without close_notify, after a request"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest));
            await client.ReadRecordAsync();
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["RST"] = static client => ResetAsync(client),
        ["RST after a request"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest));
            await client.ReadRecordAsync();
            await ResetAsync(client);
        },
        ["FIN in the middle of a record"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest)[..20]);
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["RST in the middle of a record"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest)[..20]);
            await ResetAsync(client);
        },
        ["a fatal alert by the client"] = static client => EndAsync(client, client.Record(RawTls12.Alert, 2, 80)),
        ["a fatal alert by the server"] = static client => EndAsync(client, RawHello.Record(RawTls12.Data, new byte[40])),
        ["the connection is still open"] = static _ => Task.CompletedTask,
    };

    /// <summary>Endings that take the server's time.</summary>
    public static IReadOnlyDictionary<string, Func<RawTls12, Task>> Slow { get; } = new Dictionary<string, Func<RawTls12, Task>>
    {
        ["the server's time-out"] = static client => client.ReadToEndAsync(),
        ["the server's time-out in the middle of a record"] = static async client =>
        {
            await client.SendAsync(client.Record(RawTls12.Data, KeptRequest)[..20]);
            await client.ReadToEndAsync();
        },
    };

    private static async Task EndAsync(RawTls12 client, byte[] record)
    {
        await client.SendAsync(record);
        await client.ReadToEndAsync();
    }

    private static Task ResetAsync(RawTls12 client)
    {
        client.Reset();
        return Task.CompletedTask;
    }
}
