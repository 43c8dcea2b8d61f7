using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Tls12;

/// <summary>What a client may do after the handshake: records, alerts, and handshakes that nobody wants any more.</summary>
internal static class RecordCases12
{
    private const byte Ccs = RawTls12.Ccs, Alert = RawTls12.Alert, Handshake = RawTls12.Handshake, Data = RawTls12.Data;

    /// <summary>The family behind which FIN follows; in the others, the last request.</summary>
    public const string CutShort = "records cut short";

    /// <summary>Each is sent in one piece.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Func<RawTls12, byte[]>>> Families { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, Func<RawTls12, byte[]>>>
        {
            ["records"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["nothing unusual"] = static _ => [],
                ["a request in records of one byte"] = static client =>
                    [.. "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray().SelectMany(value => client.Record(Data, value))],
                ["a content of 16,384 bytes"] = static client => client.Record(Data, Target(16384)),
                ["a content of 16,385 bytes"] = static client => client.Record(Data, Target(16385)),
                ["only the header of a fragment of 18,433 bytes"] = static _ => [23, 3, 3, 0x48, 1],
                ["only the header of a fragment of 65,535 bytes"] = static _ => [23, 3, 3, 0xff, 0xff],
                ["an empty record"] = static client => client.Record(Data),
                ["32 empty records"] = static client => Repeat(32, () => client.Record(Data)),
                ["33 empty records"] = static client => Repeat(33, () => client.Record(Data)),
                ["1,000 empty records"] = static client => Repeat(1000, () => client.Record(Data)),
                ["40 empty records with a byte between"] = static client =>
                    [.. Repeat(20, () => client.Record(Data)), .. client.Record(Data, (byte)'G'), .. Repeat(20, () => client.Record(Data))],
                ["a fragment of no bytes"] = static _ => [23, 3, 3, 0, 0],
                ["a fragment shorter than nonce and tag"] = static _ => [23, 3, 3, 0, 23, .. new byte[23]],
                ["a fragment as long as nonce and tag"] = static _ => [23, 3, 3, 0, 24, .. new byte[24]],
                ["garbage of 40 bytes"] = static _ => [23, 3, 3, 0, 40, .. RawHello.Filled(40, 7)],
                ["a record twice"] = static client =>
                {
                    var record = client.Record(Data, "GET /"u8);
                    return [.. record, .. record];
                },
                ["a record left out"] = static client =>
                {
                    _ = client.Record(Data, "GET /"u8);
                    return [];
                },
                ["the version 0301"] = static client => client.Sending!.Protect(Data, "GET"u8, 0x0301),
                ["the version 0304"] = static client => client.Sending!.Protect(Data, "GET"u8, 0x0304),
                ["the version 0203"] = static client => client.Sending!.Protect(Data, "GET"u8, 0x0203),
                ["data without protection"] = static _ => RawHello.Record(Data, "GET / HTTP/1.1\r\n\r\n"u8),
                ["a change_cipher_spec"] = static client => client.Record(Ccs, 1),
                ["a change_cipher_spec without protection"] = static _ => RawHello.Record(Ccs, [1]),
                ["a heartbeat"] = static client => client.Record(24, [1, 0, 1, 7, .. new byte[16]]),
                ["a heartbeat that claims more than it has"] = static client => client.Record(24, 1, 0x40, 0, 7),
                ["a record of an unknown type"] = static client => client.Record(99, 1),
                ["a record of the type 0"] = static client => client.Record(0, 1),
                ["a record of TLS 1.3"] = static client => client.Record(Data, [.. "GET"u8, 23]),
            },
            [CutShort] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["a header"] = static _ => [23, 3, 3, 0, 40],
                ["half a header"] = static _ => [23, 3],
                ["the header of a fragment of 18,432 bytes"] = static _ => [23, 3, 3, 0x48, 0],
                ["half a record"] = static client => client.Record(Data, Deeds12.LastRequest)[..50],
                ["a record without its last byte"] = static client => client.Record(Data, Deeds12.LastRequest)[..^1],
                ["half a hello"] = static client => client.Record(Handshake, RawTls12.Ordinary.ToMessage().AsSpan(..50)),
                ["half an alert"] = static client => client.Record(Alert, 1),
                ["half a request"] = static client => client.Record(Data, "GET / HT"u8),
            },
            ["alerts after the handshake"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["close_notify"] = static client => client.Record(Alert, 1, 0),
                ["close_notify as a fatal alert"] = static client => client.Record(Alert, 2, 0),
                ["a fatal alert"] = static client => client.Record(Alert, 2, 80),
                ["a warning"] = static client => client.Record(Alert, 1, 90),
                ["no_renegotiation"] = static client => client.Record(Alert, 1, 100),
                ["4 warnings"] = static client => Repeat(4, () => client.Record(Alert, 1, 90)),
                ["5 warnings"] = static client => Repeat(5, () => client.Record(Alert, 1, 90)),
                ["4 warnings twice, data between"] = static client =>
                    [
                        .. Repeat(4, () => client.Record(Alert, 1, 90)), .. client.Record(Data, (byte)'G'),
                        .. Repeat(4, () => client.Record(Alert, 1, 90)),
                    ],
                ["10,000 warnings"] = static client => Repeat(10_000, () => client.Record(Alert, 1, 90)),
                ["of another level"] = static client => client.Record(Alert, 5, 0),
                ["of no bytes"] = static client => client.Record(Alert),
                ["of one byte"] = static client => client.Record(Alert, 1),
                ["of three bytes"] = static client => client.Record(Alert, 1, 90, 0),
                ["of four bytes"] = static client => client.Record(Alert, 1, 90, 1, 90),
                ["in two records"] = static client => [.. client.Record(Alert, 1), .. client.Record(Alert, 90)],
                ["without protection"] = static _ => RawHello.Record(Alert, [2, 80]),
            },
            ["renegotiation"] = new Dictionary<string, Func<RawTls12, byte[]>>
            {
                ["a hello"] = static client => client.Record(Handshake, RawTls12.Ordinary.ToMessage()),
                ["a hello without renegotiation_info"] = static client =>
                    client.Record(Handshake, RawTls12.Ordinary.Without(0xff01).ToMessage()),
                ["a hello that offers TLS 1.3"] = static client => client.Record(Handshake, RawHello.Ordinary.ToMessage()),
                ["a hello with the session's ID"] = static client =>
                    client.Record(Handshake, (RawTls12.Ordinary with { SessionId = client.Session.Id }).ToMessage()),
                ["a hello in two records"] = static client => Halves(client, static _ => []),
                ["a hello in two records, data between"] = static client =>
                    Halves(client, static client => client.Record(Data, (byte)'G')),
                ["half a hello, then data"] = static client => client.Record(Handshake, RawTls12.Ordinary.ToMessage().AsSpan(..50)),
                ["three hellos"] = static client => Repeat(3, () => client.Record(Handshake, RawTls12.Ordinary.ToMessage())),
                ["a hello without protection"] = static _ => RawHello.Record(Handshake, RawTls12.Ordinary.ToMessage()),
                ["a hello of no bytes"] = static client => client.Record(Handshake, 1, 0, 0, 0),
                ["a hello of 16 MB, its header only"] = static client => client.Record(Handshake, 1, 0xff, 0xff, 0xff),
                ["a HelloRequest"] = static client => client.Record(Handshake, 0, 0, 0, 0),
                ["a HelloRequest of one byte"] = static client => client.Record(Handshake, 0, 0, 0, 1, 0),
                ["a Finished"] = static client => client.Record(Handshake, client.Finished()),
                ["a ClientKeyExchange"] = static client => client.Record(Handshake, RawHello.Message(16, new byte[33])),
                ["a ServerHello"] = static client => client.Record(Handshake, RawHello.Message(2, new byte[40])),
                ["a KeyUpdate"] = static client => client.Record(Handshake, 24, 0, 0, 1, 0),
                ["an unknown message"] = static client => client.Record(Handshake, 99, 0, 0, 0),
                ["an empty record of the handshake"] = static client => client.Record(Handshake),
                ["three bytes of a message"] = static client => client.Record(Handshake, 1, 0, 0),
            },
        };

    /// <summary>A request whose record differs in one byte.</summary>
    public static byte[] Flipped(RawTls12 client, int at)
    {
        var record = client.Record(Data, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        record[at] ^= 0x04;
        return record;
    }

    private static byte[] Halves(RawTls12 client, Func<RawTls12, byte[]> between)
    {
        var hello = RawTls12.Ordinary.ToMessage();
        return [.. client.Record(Handshake, hello.AsSpan(..50)), .. between(client), .. client.Record(Handshake, hello.AsSpan(50..))];
    }

    private static byte[] Target(int length)
    {
        var target = RawHello.Filled(length, (byte)'a');
        "GET /"u8.CopyTo(target);
        return target;
    }

    private static byte[] Repeat(int times, Func<byte[]> record) => [.. Enumerable.Range(0, times).SelectMany(_ => record())];
}
