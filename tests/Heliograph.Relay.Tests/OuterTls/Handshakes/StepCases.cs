using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>Handshakes in several steps: pieces of a byte, the end in the middle, HelloRetryRequest, early data.</summary>
internal static class StepCases
{
    private const byte Alert = 21, Handshake = 22, Data = 23;

    private static readonly RawHello Unshared = Ordinary.With(KeyShare, 0, 0);
    private static readonly RawHello Early = Ordinary.With(EarlyData);

    public static IReadOnlyDictionary<string, Func<RawHandshake, Task>> All { get; } = new Dictionary<string, Func<RawHandshake, Task>>
    {
        ["the end at once"] = static client => EndAfterAsync(client),
        ["the end after one byte"] = static client => EndAfterAsync(client, 22),
        ["the end after a record's header"] = static client => EndAfterAsync(client, 22, 3, 1, 0, 100),
        ["the end after half a hello"] = static client => EndAfterAsync(client, Record(Handshake, Ordinary.ToMessage())[..100]),
        ["the end after the first of a hello's records"] = static client =>
            EndAfterAsync(client, Record(Handshake, Ordinary.ToMessage().AsSpan(..100))),
        ["the end after the hello"] = static client => EndAfterAsync(client, Said(client, Ordinary)),
        ["the end after the hello and a change_cipher_spec"] = static client =>
            EndAfterAsync(client, [.. Said(client, Ordinary), .. Deeds.ChangeCipherSpec]),
        ["the end after the flight"] = static client => EndInsteadAsync(client, static _ => []),
        ["the end after the flight and a change_cipher_spec"] = static client =>
            EndInsteadAsync(client, static _ => Deeds.ChangeCipherSpec),
        ["the end within the Finished"] = static client => EndInsteadAsync(client, static client => client.ProtectFinished()[..30]),
        ["the end between the Finished's records"] = static client =>
            EndInsteadAsync(client, static client => client.Sending.Protect(Handshake, client.Finished().AsSpan(..9))),
        ["the hello byte by byte"] = static async client =>
        {
            await SlicedAsync(client, Said(client, Ordinary));
            await Deeds.FinishAsync(client, Ordinary);
        },
        ["the Finished byte by byte"] = static async client =>
        {
            await FlightAsync(client, Ordinary);
            await SlicedAsync(client, [.. Deeds.ChangeCipherSpec, .. client.ProtectFinished()]);
            await RequestAsync(client);
        },
        ["the Finished and the request apart"] = static async client =>
        {
            await FlightAsync(client, Ordinary);
            await client.SendAsync(client.ProtectFinished());
            await RequestAsync(client);
        },
        ["a record as long as the max_fragment_length"] = static client => FragmentAsync(client, 512),
        ["a record longer than the max_fragment_length"] = static client => FragmentAsync(client, 513),
        ["a record with padding over the max_fragment_length"] = static client => FragmentAsync(client, 512, padding: 100),
        ["a second hello with a share of another group"] = static client => RetryAsync(client, Unshared.WithShares(ClientShare.P256)),
        ["a second hello with a share of another group behind"] = static client =>
            RetryAsync(client, Unshared.WithShares(ClientShare.X25519, ClientShare.P256)),
        ["a second hello without a share"] = static client => RetryAsync(client, Unshared),
        ["a second hello without key_share"] = static client => RetryAsync(client, Unshared.Without(KeyShare)),
        ["a second hello with a cookie"] = static client => RetryAsync(client, Ordinary.And(44, 0, 1, 7)),
        ["a second hello with another name"] = static client => RetryAsync(client, Ordinary.Named("other.example")),
        ["a second hello with another random"] = static client => RetryAsync(client, Ordinary with { Random = Filled(32, 1) }),
        ["a second hello with another legacy_session_id"] = static client => RetryAsync(client, Ordinary with { SessionId = [] }),
        ["a second hello with another first suite"] = static client => RetryAsync(client, Ordinary with { Suites = [0x1303, 0x1301] }),
        ["a second hello without the suite"] = static client => RetryAsync(client, Ordinary with { Suites = [0x1303] }),
        ["a second hello with suites of another hash"] = static client => RetryAsync(client, Ordinary with { Suites = [0x1302] }),
        ["a second hello with ALPN"] = static client => RetryAsync(client, Ordinary.WithProtocols("h2")),
        ["a second hello with early_data"] = static client => RetryAsync(client, Early),
        ["a second hello without supported_versions"] = static client => RetryAsync(client, Ordinary.Without(Versions)),
        ["a second hello with other groups"] = static client => RetryAsync(client, Ordinary.WithGroups(0x0017, 0x001d)),
        ["a second hello with the record's version 0301"] = static client => RetryAsync(client, Ordinary, recordVersion: 0x0301),
        ["a second hello behind a change_cipher_spec"] = static client => RetryAsync(client, Ordinary, Deeds.ChangeCipherSpec),
        ["a second hello behind a plain alert"] = static client => RetryAsync(client, Ordinary, Record(Alert, [1, 90])),
        ["a second hello behind data"] = static client => RetryAsync(client, Ordinary, Record(Data, Filled(40, 1))),
        ["the end instead of a second hello"] = static async client =>
        {
            await client.OfferAsync(Unshared);
            Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
            client.EndSending();
            await client.ReadToEndAsync();
        },
        ["early data"] = static client => EarlyAsync(client, Early, Record(Data, Filled(50, 1))),
        ["early data of many records"] = static client => EarlyAsync(client, Early, Times(20, Record(Data, Filled(500, 1)))),
        ["early data of records as long as a tag"] = static client => EarlyAsync(client, Early, Record(Data, Filled(16, 1))),
        ["early data that were not offered"] = static client =>
            RefusedAsync(client, [.. Said(client, Ordinary), .. Record(Data, Filled(50, 1))]),
        ["early data and a change_cipher_spec"] = static client =>
            EarlyAsync(client, Early, [.. Deeds.ChangeCipherSpec, .. Record(Data, Filled(50, 1))]),
        ["early data behind the flight"] = static async client =>
        {
            await FlightAsync(client, Early);
            await client.SendAsync([.. Record(Data, Filled(50, 1)), .. client.ProtectFinished()]);
            await RequestAsync(client);
        },
        ["early data, 16,384 bytes of it"] = static client => EarlyAsync(client, Early, Times(16, Record(Data, Filled(1024, 1)))),
        ["early data, 17,408 bytes of it"] = static client =>
            RefusedAsync(client, [.. Said(client, Early), .. Times(17, Record(Data, Filled(1024, 1)))]),
        ["early data before a second hello"] = static async client =>
        {
            await client.SendAsync([.. Said(client, Unshared.With(EarlyData)), .. Record(Data, Filled(50, 1))]);
            Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
            await client.OfferAsync(Ordinary, 0x0303);
            await Deeds.FinishAsync(client, Ordinary);
        },
    };

    private static byte[] Said(RawHandshake client, RawHello hello)
    {
        client.Say(hello.ToMessage());
        return Record(Handshake, hello.ToMessage(), 0x0301);
    }

    private static async Task FlightAsync(RawHandshake client, RawHello hello)
    {
        await client.OfferAsync(hello);
        Assert.Equal(Flight.Finished, await client.ReadFlightAsync());
    }

    private static async Task RequestAsync(RawHandshake client)
    {
        await client.SendAsync(client.Sending.Protect(Data, Deeds.Request));
        await client.ReadToEndAsync();
    }

    /// <summary>A request in one record, padded to this length, after 512 bytes were agreed on.</summary>
    private static async Task FragmentAsync(RawHandshake client, int length, int padding = 0)
    {
        await FlightAsync(client, Ordinary.With(1, 1));
        var target = new string('a', length - Deeds.Request.Length);
        byte[] request = [.. "GET /"u8, .. System.Text.Encoding.ASCII.GetBytes(target), .. Deeds.Request.AsSpan(5)];
        await client.SendAsync([.. client.ProtectFinished(), .. client.Sending.Protect(Data, request, padding)]);
        await client.ReadToEndAsync();
    }

    private static async Task EndAfterAsync(RawHandshake client, params byte[] bytes)
    {
        await client.SendAsync(bytes);
        client.EndSending();
        await client.ReadToEndAsync();
    }

    private static async Task EndInsteadAsync(RawHandshake client, Func<RawHandshake, byte[]> bytes)
    {
        await FlightAsync(client, Ordinary);
        await EndAfterAsync(client, bytes(client));
    }

    private static async Task RefusedAsync(RawHandshake client, byte[] bytes)
    {
        await client.SendAsync(bytes);
        await client.ReadToEndAsync();
    }

    private static async Task SlicedAsync(RawHandshake client, byte[] bytes)
    {
        foreach (var value in bytes)
            await client.SendAsync(value);
    }

    /// <summary>A HelloRetryRequest, answered by a hello of the case's choice.</summary>
    private static async Task RetryAsync(RawHandshake client, RawHello second, byte[]? before = null, int recordVersion = 0x0303)
    {
        await client.OfferAsync(Unshared);
        Assert.Equal(Flight.Retry, await client.ReadFlightAsync());
        client.Say(second.ToMessage());
        await client.SendAsync([.. before ?? [], .. Record(Handshake, second.ToMessage(), recordVersion)]);
        await Deeds.FinishAsync(client, second);
    }

    /// <summary>Early data in one piece with the hello.</summary>
    private static async Task EarlyAsync(RawHandshake client, RawHello hello, byte[] data)
    {
        await client.SendAsync([.. Said(client, hello), .. data]);
        await Deeds.FinishAsync(client, hello);
    }

    private static byte[] Times(int times, byte[] record) => [.. Enumerable.Repeat(record, times).SelectMany(static bytes => bytes)];
}
