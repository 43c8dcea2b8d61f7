using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>What a client may send after the server's flight: its own flight in all its forms, and everything else.</summary>
internal static class AnswerCases12
{
    private const byte Ccs = RawTls12.Ccs, Alert = RawTls12.Alert, Handshake = RawTls12.Handshake, Data = RawTls12.Data;
    private const byte KeyExchangeType = 16;

    /// <summary>The family for which the hello offers DHE only, to a server with an RSA key.</summary>
    public const string OfDhe = "ClientKeyExchange of DHE";

    /// <summary>Each is sent in one piece, and a request behind it if there are still keys to send it with.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Func<RawTls12, byte[]>>> Families { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, Func<RawTls12, byte[]>>>
        {
            ["order"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["nothing unusual"] = static client => [.. client.Flight(), .. Request(client)],
                ["no ClientKeyExchange"] = static client => [.. Plain(Ccs, 1), .. Plain(Handshake, RawHello.Message(20, new byte[12]))],
                ["no change_cipher_spec, the Finished not protected"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. Plain(Handshake, client.Finished())],
                ["no change_cipher_spec, the Finished protected"] = static client =>
                {
                    var exchange = Plain(Handshake, client.KeyExchange());
                    _ = client.ChangeCipherSpec();
                    return [.. exchange, .. client.Record(Handshake, client.Finished())];
                },
                ["no Finished"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. client.ChangeCipherSpec(), .. Request(client)],
                ["the Finished not protected"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. Plain(Ccs, 1), .. Plain(Handshake, client.Finished())],
                ["change_cipher_spec before ClientKeyExchange"] = static client =>
                    [.. Plain(Ccs, 1), .. Plain(Handshake, client.KeyExchange()), .. Plain(Handshake, client.Finished())],
                ["change_cipher_spec at once and then its flight"] = static client => [.. Plain(Ccs, 1), .. client.Flight()],
                ["two change_cipher_spec"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. Plain(Ccs, 1), .. client.ChangeCipherSpec(), .. Finish(client)],
                ["change_cipher_spec, then one that is protected"] = static client =>
                    [.. Before(client), .. client.Record(Ccs, 1), .. Finish(client)],
                ["ClientKeyExchange twice"] = static client =>
                {
                    var exchange = Plain(Handshake, client.KeyExchange());
                    return [.. exchange, .. exchange, .. client.ChangeCipherSpec(), .. Finish(client)];
                },
                ["the Finished twice"] = static client => [.. client.Flight(), .. client.Record(Handshake, client.Finished())],
                ["the Finished instead of everything"] = static client => Plain(Handshake, RawHello.Message(20, new byte[12])),
                ["the hello again"] = static client => Plain(Handshake, RawTls12.Ordinary.ToMessage()),
                ["the hello again behind ClientKeyExchange"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. Plain(Handshake, RawTls12.Ordinary.ToMessage())],
                ["a hello between change_cipher_spec and Finished"] = static client =>
                    [.. Before(client), .. client.Record(Handshake, RawTls12.Ordinary.ToMessage()), .. Finish(client)],
                ["a Certificate that was not asked for"] = static client =>
                    [.. Plain(Handshake, RawHello.Message(11, [0, 0, 0])), .. client.Flight()],
                ["a CertificateVerify that was not asked for"] = static client =>
                    [
                        .. Plain(Handshake, client.KeyExchange()),
                        .. Plain(Handshake, RawHello.Message(15, [4, 3, 0, 2, 1, 1])),
                        .. client.ChangeCipherSpec(), .. Finish(client),
                    ],
                ["a HelloRequest before"] = static client => [.. Plain(Handshake, 0, 0, 0, 0), .. client.Flight(), .. Request(client)],
                ["a HelloRequest between"] = static client =>
                    [
                        .. Plain(Handshake, client.KeyExchange()), .. Plain(Handshake, 0, 0, 0, 0), .. client.ChangeCipherSpec(),
                        .. Finish(client),
                    ],
                ["a ServerHelloDone"] = static client => [.. Plain(Handshake, 14, 0, 0, 0), .. client.Flight()],
                ["a NewSessionTicket"] = static client =>
                    [.. Plain(Handshake, RawHello.Message(4, new byte[10])), .. client.Flight()],
                ["a KeyUpdate"] = static client => [.. Plain(Handshake, 24, 0, 0, 1, 0), .. client.Flight()],
                ["an unknown message"] = static client => [.. Plain(Handshake, 99, 0, 0, 0), .. client.Flight()],
                ["a NextProtocol"] = static client => [.. Before(client), .. client.Record(Handshake, 67, 0, 0, 0), .. Finish(client)],
                ["data before the flight"] = static client => [.. Plain(Data, "GET / HTTP/1.1\r\n\r\n"u8), .. client.Flight()],
                ["data behind ClientKeyExchange"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. Plain(Data, 1), .. client.ChangeCipherSpec(), .. Finish(client)],
                ["data behind change_cipher_spec"] = static client =>
                    [.. Before(client), .. client.Record(Data, Deeds12.LastRequest), .. Finish(client)],
                ["an empty record of data before the flight"] = static client => [.. Plain(Data), .. client.Flight()],
                ["an empty record of the handshake"] = static client => [.. Plain(Handshake), .. client.Flight()],
                ["a heartbeat"] = static client => [.. Plain(24, [1, 0, 1, 0, .. new byte[16]]), .. client.Flight()],
                ["a record of an unknown type"] = static client => [.. Plain(99, 1), .. client.Flight()],
                ["change_cipher_spec and Finished without a hello's exchange, and then all of it"] = static client =>
                    [.. Plain(Ccs, 1), .. Plain(Handshake, RawHello.Message(20, new byte[12])), .. client.Flight()],
            },
            ["change_cipher_spec"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["of two bytes"] = static client => [.. Plain(Handshake, client.KeyExchange()), .. Plain(Ccs, 1, 1)],
                ["of no bytes"] = static client => [.. Plain(Handshake, client.KeyExchange()), .. Plain(Ccs)],
                ["of another value"] = static client => [.. Plain(Handshake, client.KeyExchange()), .. Plain(Ccs, 2)],
                ["of the version 0301"] = static client =>
                    [.. Plain(Handshake, client.KeyExchange()), .. RawHello.Record(Ccs, [1], 0x0301)],
                ["between two halves of ClientKeyExchange"] = static client =>
                {
                    var exchange = client.KeyExchange();
                    return [.. Plain(Handshake, exchange.AsSpan(..10)), .. Plain(Ccs, 1), .. Plain(Handshake, exchange.AsSpan(10..))];
                },
                ["behind a byte of the Finished"] = static client =>
                    [.. Plain(Handshake, [.. client.KeyExchange(), 20]), .. client.ChangeCipherSpec(), .. Finish(client)],
            },
            ["ClientKeyExchange"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["of no bytes"] = static client => Exchange(client, []),
                ["of no key"] = static client => Exchange(client, [0]),
                ["a byte short"] = static client => Exchange(client, Vector8(ClientShare.X25519.PublicKey)[..^1]),
                ["a byte long"] = static client => Exchange(client, [.. Vector8(ClientShare.X25519.PublicKey), 0]),
                ["a key of 31 bytes"] = static client => Exchange(client, Vector8(ClientShare.X25519.PublicKey.AsSpan(1..))),
                ["a key of 33 bytes"] = static client => Exchange(client, Vector8([.. ClientShare.X25519.PublicKey, 1])),
                ["a key of zeros"] = static client => Exchange(client, Vector8(new byte[32])),
                ["a key of order 1"] = static client => Exchange(client, Vector8([1, .. new byte[31]])),
                ["a key of another group"] = static client => Exchange(client, Vector8(ClientShare.P256.PublicKey)),
                ["another client's key"] = static client => [.. Exchange(client, Vector8(RawHello.Filled(32, 9))), .. Ending(client)],
                ["of 16 MB, its header only"] = static client => Plain(Handshake, KeyExchangeType, 0xff, 0xff, 0xff, 1),
                ["of 2,049 bytes, its header only"] = static client => Plain(Handshake, KeyExchangeType, 0, 8, 1, 1),
                ["in two records"] = static client => InTwo(client, 5),
                ["in two records, the first of one byte"] = static client => InTwo(client, 1),
                ["in records of one byte"] = static client =>
                    [.. client.KeyExchange().SelectMany(static value => Plain(Handshake, value)), .. Ending(client)],
                ["and a byte in the same record"] = static client => [.. Plain(Handshake, [.. client.KeyExchange(), 1]), .. Ending(client)],
                ["the record's version 0301"] = static client =>
                    [.. RawHello.Record(Handshake, client.KeyExchange(), 0x0301), .. Ending(client)],
            },
            [OfDhe] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["nothing unusual"] = static client => [.. client.Flight(), .. Request(client)],
                ["of no bytes"] = static client => Exchange(client, []),
                ["of no key"] = static client => Exchange(client, [0, 0]),
                ["a key of 0"] = static client => Exchange(client, Vector16(new byte[256])),
                ["a key of 0, in one byte"] = static client => Exchange(client, Vector16([0])),
                ["a key of 1"] = static client => Exchange(client, Vector16([1])),
                ["a key of 2"] = static client => [.. Exchange(client, Vector16([2])), .. Ending(client)],
                ["a key of the prime's length, all ones"] = static client => Exchange(client, Vector16(RawHello.Filled(256, 0xff))),
                ["a key longer than the prime"] = static client => Exchange(client, Vector16(RawHello.Filled(257, 1))),
                ["a key that is longer than it says"] = static client => Exchange(client, [.. Vector16([2, 2]), 1]),
                ["a key that is shorter than it says"] = static client => Exchange(client, [0, 9, 1, 2]),
                ["a key of ECDHE"] = static client => Exchange(client, Vector8(ClientShare.X25519.PublicKey)),
            },
            ["Finished"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["of no bytes"] = static client => Finished(client, static _ => []),
                ["a byte short"] = static client => Finished(client, static data => data[..^1]),
                ["a byte long"] = static client => Finished(client, static data => [.. data, 0]),
                ["twice as long"] = static client => Finished(client, static data => [.. data, .. data]),
                ["of zeros"] = static client => Finished(client, static data => new byte[data.Length]),
                ["of 16 MB, its header only"] = static client => [.. Before(client), .. client.Record(Handshake, 20, 0xff, 0xff, 0xff)],
                ["of 65 bytes, its header only"] = static client => [.. Before(client), .. client.Record(Handshake, 20, 0, 0, 65)],
                ["in two records"] = static client =>
                {
                    var before = Before(client);
                    var finished = client.Finished();
                    client.Say(finished);
                    return
                    [
                        .. before, .. client.Record(Handshake, finished.AsSpan(..7)), .. client.Record(Handshake, finished.AsSpan(7..)),
                        .. Request(client),
                    ];
                },
                ["and a byte in the same record"] = static client =>
                    [.. Before(client), .. client.Record(Handshake, [.. client.Finished(), 1]), .. Request(client)],
                ["and a hello in the same record"] = static client =>
                    [.. Before(client), .. client.Record(Handshake, [.. client.Finished(), .. RawTls12.Ordinary.ToMessage()])],
                ["an alert between two halves"] = static client =>
                    [
                        .. Before(client), .. client.Record(Handshake, client.Finished().AsSpan(..7)), .. client.Record(Alert, 1, 90),
                        .. client.Record(Handshake, client.Finished().AsSpan(7..)),
                    ],
                ["data between two halves"] = static client =>
                    [
                        .. Before(client), .. client.Record(Handshake, client.Finished().AsSpan(..7)), .. client.Record(Data, 1),
                        .. client.Record(Handshake, client.Finished().AsSpan(7..)),
                    ],
            },
            ["alerts"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["close_notify"] = static client => Plain(Alert, 1, 0),
                ["close_notify, then the flight"] = static client => [.. Plain(Alert, 1, 0), .. client.Flight()],
                ["a fatal alert"] = static client => Plain(Alert, 2, 40),
                ["a warning"] = static client => [.. Plain(Alert, 1, 90), .. client.Flight(), .. Request(client)],
                ["no_renegotiation"] = static client => [.. Plain(Alert, 1, 100), .. client.Flight(), .. Request(client)],
                ["no_certificate"] = static client => [.. Plain(Alert, 1, 41), .. client.Flight(), .. Request(client)],
                ["4 warnings"] = static client => [.. Times(4, Plain(Alert, 1, 90)), .. client.Flight(), .. Request(client)],
                ["5 warnings"] = static client => [.. Times(5, Plain(Alert, 1, 90)), .. client.Flight(), .. Request(client)],
                ["10,000 warnings"] = static client => [.. Times(10_000, Plain(Alert, 1, 90))],
                ["of another level"] = static client => [.. Plain(Alert, 3, 0), .. client.Flight()],
                ["of one byte"] = static client => [.. Plain(Alert, 1), .. client.Flight()],
                ["of three bytes"] = static client => [.. Plain(Alert, 1, 90, 0), .. client.Flight()],
                ["of no bytes"] = static client => [.. Plain(Alert), .. client.Flight()],
                ["of four bytes, two alerts"] = static client => [.. Plain(Alert, 1, 90, 1, 90), .. client.Flight()],
                ["of the version 0301"] = static client => [.. RawHello.Record(Alert, [1, 90], 0x0301), .. client.Flight()],
                ["a fatal alert that is protected"] = static client => [.. Before(client), .. client.Record(Alert, 2, 40)],
                ["a warning that is protected"] = static client =>
                    [.. Before(client), .. client.Record(Alert, 1, 90), .. Finish(client), .. Request(client)],
                ["an alert without protection behind change_cipher_spec"] = static client => [.. Before(client), .. Plain(Alert, 2, 40)],
            },
        };

    /// <summary>Each bit of a Finished, one at a time, would be 96; these are one of each byte.</summary>
    public static byte[] FlippedFinished(RawTls12 client, int at) => Finished(client, data =>
    {
        data[at] ^= (byte)(1 << (at % 8));
        return data;
    });

    /// <summary>Each byte of the Finished's record changed.</summary>
    public static byte[] FlippedRecord(RawTls12 client, int at)
    {
        var before = Before(client);
        var record = client.Record(Handshake, client.Finished());
        record[at] ^= 0x10;
        return [.. before, .. record];
    }

    public static byte[] Request(RawTls12 client) => client.Record(Data, Deeds12.LastRequest);

    private static byte[] Plain(byte type, params ReadOnlySpan<byte> content) => RawHello.Record(type, content);

    private static byte[] Before(RawTls12 client) => [.. Plain(Handshake, client.KeyExchange()), .. client.ChangeCipherSpec()];

    private static byte[] Finish(RawTls12 client)
    {
        var finished = client.Finished();
        client.Say(finished);
        return client.Record(Handshake, finished);
    }

    private static byte[] Ending(RawTls12 client) => [.. client.ChangeCipherSpec(), .. Finish(client), .. Request(client)];

    /// <summary>A ClientKeyExchange of the case's choice; the keys are those of a good one.</summary>
    private static byte[] Exchange(RawTls12 client, byte[] body)
    {
        _ = client.KeyExchange();
        return Plain(Handshake, RawHello.Message(KeyExchangeType, body));
    }

    private static byte[] InTwo(RawTls12 client, int first)
    {
        var exchange = client.KeyExchange();
        return [.. Plain(Handshake, exchange.AsSpan(..first)), .. Plain(Handshake, exchange.AsSpan(first..)), .. Ending(client)];
    }

    private static byte[] Finished(RawTls12 client, Func<byte[], byte[]> change)
    {
        var before = Before(client);
        return [.. before, .. client.Record(Handshake, RawHello.Message(20, change(client.Finished()[4..]))), .. Request(client)];
    }

    private static byte[] Times(int times, byte[] record) => [.. Enumerable.Repeat(record, times).SelectMany(static bytes => bytes)];
}
