using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>What a client may send after the server's flight: the Finished in all its forms, and everything else.</summary>
internal static class FinishedCases
{
    private const byte Ccs = 20, Alert = 21, Handshake = 22, Data = 23;

    private static readonly byte[] UserCanceled = [1, 90], KeyUpdate = [24, 0, 0, 1, 0];

    /// <summary>Each sends everything in one piece, with a request at the end if there are still keys to send it with.</summary>
    public static IReadOnlyDictionary<string, Func<RawHandshake, byte[]>> All { get; } = new Dictionary<string, Func<RawHandshake, byte[]>>
    {
        ["nothing unusual"] = static client => [.. Deeds.ChangeCipherSpec, .. Good(client)],
        ["no change_cipher_spec"] = Good,
        ["two change_cipher_spec"] = static client => [.. Times(2, Deeds.ChangeCipherSpec), .. Good(client)],
        ["32 change_cipher_spec"] = static client => [.. Times(32, Deeds.ChangeCipherSpec), .. Good(client)],
        ["33 change_cipher_spec"] = static client => [.. Times(33, Deeds.ChangeCipherSpec), .. Good(client)],
        ["100 change_cipher_spec"] = static client => [.. Times(100, Deeds.ChangeCipherSpec), .. Good(client)],
        ["a change_cipher_spec behind the Finished"] = static client =>
            [.. client.ProtectFinished(), .. Deeds.ChangeCipherSpec, .. Request(client)],
        ["a change_cipher_spec between two halves of the Finished"] = static client =>
        {
            var (first, second) = Halves(client, 10);
            return [.. first, .. Deeds.ChangeCipherSpec, .. second, .. Request(client)];
        },
        ["a change_cipher_spec of two bytes"] = static client => [.. Record(Ccs, [1, 1]), .. Good(client)],
        ["a change_cipher_spec of no bytes"] = static client => [.. Record(Ccs, []), .. Good(client)],
        ["a change_cipher_spec of another value"] = static client => [.. Record(Ccs, [2]), .. Good(client)],
        ["a change_cipher_spec of the version 0301"] = static client => [.. Record(Ccs, [1], 0x0301), .. Good(client)],
        ["a change_cipher_spec that is protected"] = static client => [.. client.Sending.Protect(Ccs, [1]), .. Good(client)],
        ["a Finished with another first bit"] = static client =>
            [.. client.Sending.Protect(Handshake, Flipped(client.Finished(), 4)), .. Good(client)],
        ["a Finished with another last bit"] = static client =>
            [.. client.Sending.Protect(Handshake, Flipped(client.Finished(), 35)), .. Good(client)],
        ["a Finished that is a byte short"] = static client =>
            [.. client.Sending.Protect(Handshake, Message(20, client.Finished().AsSpan(4..^1))), .. Good(client)],
        ["a Finished that is a byte long"] = static client =>
            [.. client.Sending.Protect(Handshake, Message(20, [.. client.Finished()[4..], 0])), .. Good(client)],
        ["a Finished of no bytes"] = static client => [.. client.Sending.Protect(Handshake, Message(20, [])), .. Good(client)],
        ["a Finished of 16 MB, its header only"] = static client =>
            [.. client.Sending.Protect(Handshake, [20, 0xff, 0xff, 0xff]), .. Good(client)],
        ["a Finished of 65 bytes, its header only"] = static client =>
            [.. client.Sending.Protect(Handshake, [20, 0, 0, 65]), .. Good(client)],
        ["a KeyUpdate in the Finished's record"] = static client =>
            [.. client.Sending.Protect(Handshake, [.. client.Finished(), .. KeyUpdate]), .. After(client)],
        ["a byte in the Finished's record"] = static client =>
            [.. client.Sending.Protect(Handshake, [.. client.Finished(), 24]), .. After(client)],
        ["the Finished twice in a record"] = static client =>
            [.. client.Sending.Protect(Handshake, [.. client.Finished(), .. client.Finished()]), .. After(client)],
        ["the Finished twice"] = static client =>
        {
            var again = client.Finished();
            return [.. client.ProtectFinished(), .. client.Sending.Protect(Handshake, again), .. Request(client)];
        },
        ["the Finished in two records, the first of one byte"] = static client => InRecords(client, 1),
        ["the Finished in two records, cut behind its header"] = static client => InRecords(client, 4),
        ["the Finished in two records, the second of one byte"] = static client => InRecords(client, 35),
        ["the Finished in 36 records"] = static client =>
        {
            var keys = client.Sending;
            byte[] records = [.. client.Finished().SelectMany(value => keys.Protect(Handshake, [value]))];
            return [.. records, .. After(client)];
        },
        ["half a Finished, then an alert"] = static client => Between(client, Alert, [1, 0]),
        ["half a Finished, then a warning and the rest"] = static client => Between(client, Alert, UserCanceled),
        ["half a Finished, then data and the rest"] = static client => Between(client, Data, "GET"u8.ToArray()),
        ["padding of one byte"] = static client => [.. client.ProtectFinished(padding: 1), .. Request(client)],
        ["as much padding as there may be"] = static client => [.. client.ProtectFinished(padding: 16384 - 36), .. Request(client)],
        ["a byte more of padding than RFC 8446 allows"] = static client =>
            [.. client.ProtectFinished(padding: 16384 - 36 + 1), .. Request(client)],
        ["padding that makes a fragment of 16,640 bytes"] = static client =>
            [.. client.ProtectFinished(padding: 16640 - 36 - 17), .. Request(client)],
        ["padding that makes a fragment of 16,641 bytes"] = static client => [.. client.ProtectFinished(padding: 16641 - 36 - 17)],
        ["a KeyUpdate instead"] = static client => [.. client.Sending.Protect(Handshake, KeyUpdate), .. Good(client)],
        ["a Certificate instead"] = static client => [.. client.Sending.Protect(Handshake, Message(11, [0, 0, 0, 0])), .. Good(client)],
        ["a CertificateVerify instead"] = static client =>
            [.. client.Sending.Protect(Handshake, Message(15, [4, 3, 0, 0])), .. Good(client)],
        ["an EndOfEarlyData instead"] = static client => [.. client.Sending.Protect(Handshake, Message(5, [])), .. Good(client)],
        ["a ClientHello instead"] = static client => [.. client.Sending.Protect(Handshake, Ordinary.ToMessage()), .. Good(client)],
        ["a HelloRequest instead"] = static client => [.. client.Sending.Protect(Handshake, Message(0, [])), .. Good(client)],
        ["a NewSessionTicket instead"] = static client =>
            [.. client.Sending.Protect(Handshake, Message(4, Filled(20, 0))), .. Good(client)],
        ["a next_proto instead"] = static client => [.. client.Sending.Protect(Handshake, Message(67, [0, 0])), .. Good(client)],
        ["an unknown message instead"] = static client => [.. client.Sending.Protect(Handshake, Message(99, [])), .. Good(client)],
        ["a record of the handshake without content"] = static client => [.. client.Sending.Protect(Handshake, []), .. Good(client)],
        ["data instead"] = static client => [.. client.Sending.Protect(Data, "GET / HTTP/1.1\r\n\r\n"u8), .. Good(client)],
        ["empty data before"] = static client => [.. client.Sending.Protect(Data, []), .. Good(client)],
        ["33 times empty data before"] = static client =>
            [.. Enumerable.Range(0, 33).SelectMany(_ => client.Sending.Protect(Data, [])).ToArray(), .. Good(client)],
        ["data under the application's keys before"] = static client => [.. client.ApplicationKeys.Protect(Data, "GET"u8), .. Good(client)],
        ["the Finished under the application's keys"] = static client =>
            [.. client.ApplicationKeys.Protect(Handshake, client.Finished()), .. Good(client)],
        ["data under the handshake's keys behind"] = static client =>
        {
            var keys = client.Sending;
            return [.. client.ProtectFinished(), .. keys.Protect(Data, "GET"u8), .. Request(client)];
        },
        ["a record left out"] = static client =>
        {
            _ = client.Sending.Protect(Data, []);
            return Good(client);
        },
        ["the inner type 0"] = static client => [.. client.Sending.Protect(0, [], padding: 9), .. Good(client)],
        ["the inner type heartbeat"] = static client => [.. client.Sending.Protect(24, [1]), .. Good(client)],
        ["an inner type that there is not"] = static client => [.. client.Sending.Protect(99, [1]), .. Good(client)],
        ["close_notify"] = static client => client.Sending.Protect(Alert, [1, 0]),
        ["close_notify, then the Finished"] = static client => [.. client.Sending.Protect(Alert, [1, 0]), .. Good(client)],
        ["close_notify as a fatal alert"] = static client => client.Sending.Protect(Alert, [2, 0]),
        ["a fatal alert"] = static client => client.Sending.Protect(Alert, [2, 40]),
        ["a warning"] = static client => [.. client.Sending.Protect(Alert, [1, 40]), .. Good(client)],
        ["an alert of another level"] = static client => [.. client.Sending.Protect(Alert, [3, 40]), .. Good(client)],
        ["user_canceled"] = static client => [.. client.Sending.Protect(Alert, UserCanceled), .. Good(client)],
        ["user_canceled 4 times"] = static client => [.. Warnings(client, 4), .. Good(client)],
        ["user_canceled 4 times before each half of the Finished"] = static client => InHalves(client, (c, _) => Warnings(c, 4)),
        ["20 change_cipher_spec before each half of the Finished"] = static client =>
            InHalves(client, (_, _) => Times(20, Deeds.ChangeCipherSpec)),
        ["user_canceled, not protected, behind half the Finished"] = static client =>
            InHalves(client, (_, isFirst) => isFirst ? [] : Record(Alert, UserCanceled)),
        ["a fatal alert, not protected, behind half the Finished"] = static client =>
            InHalves(client, (_, isFirst) => isFirst ? [] : Record(Alert, [2, 40])),
        ["user_canceled protected and then not"] = static client =>
            [.. client.Sending.Protect(Alert, UserCanceled), .. Record(Alert, UserCanceled), .. Good(client)],
        ["user_canceled 4 times with a change_cipher_spec between, and again"] = static client =>
            [.. Warnings(client, 4), .. Deeds.ChangeCipherSpec, .. Warnings(client, 4), .. Good(client)],
        ["32 change_cipher_spec, and 32 empty records behind the Finished"] = static client =>
            [.. Times(32, Deeds.ChangeCipherSpec), .. client.ProtectFinished(), .. Enumerable.Range(0, 32)
                .SelectMany(_ => client.Sending.Protect(Data, [])), .. Request(client)],
        ["a KeyUpdate behind the Finished"] = static client =>
        {
            byte[] sent = [.. client.ProtectFinished(), .. client.Sending.Protect(Handshake, KeyUpdate)];
            client.Sending.Update();
            return [.. sent, .. Request(client)];
        },
        ["user_canceled 5 times"] = static client => [.. Warnings(client, 5), .. Good(client)],
        ["an alert of no bytes"] = static client => [.. client.Sending.Protect(Alert, []), .. Good(client)],
        ["an alert of one byte"] = static client => [.. client.Sending.Protect(Alert, [1]), .. Good(client)],
        ["an alert of three bytes"] = static client => [.. client.Sending.Protect(Alert, [1, 0, 0]), .. Good(client)],
        ["an alert under the application's keys"] = static client => client.ApplicationKeys.Protect(Alert, [2, 40]),
        ["close_notify, not protected"] = static _ => Record(Alert, [1, 0]),
        ["a fatal alert, not protected"] = static _ => Record(Alert, [2, 40]),
        ["a warning, not protected"] = static client => [.. Record(Alert, [1, 40]), .. Good(client)],
        ["user_canceled, not protected"] = static client => [.. Record(Alert, UserCanceled), .. Good(client)],
        ["user_canceled 5 times, not protected"] = static client => [.. Times(5, Record(Alert, UserCanceled)), .. Good(client)],
        ["an alert of no bytes, not protected"] = static client => [.. Record(Alert, []), .. Good(client)],
        ["an alert of one byte, not protected"] = static client => [.. Record(Alert, [1]), .. Good(client)],
        ["an alert of three bytes, not protected"] = static client => [.. Record(Alert, [1, 0, 0]), .. Good(client)],
        ["an alert of 17 bytes, not protected"] = static client => [.. Record(Alert, Filled(17, 1)), .. Good(client)],
        ["a fatal alert of the version 0301, not protected"] = static client => [.. Record(Alert, [2, 40], 0x0301), .. Good(client)],
        ["a fatal alert behind a change_cipher_spec, not protected"] = static _ => [.. Deeds.ChangeCipherSpec, .. Record(Alert, [2, 40])],
        ["the Finished, then a fatal alert, not protected"] = static client => [.. client.ProtectFinished(), .. Record(Alert, [2, 40])],
        ["the Finished, not protected"] = static client => [.. Record(Handshake, client.Finished()), .. Good(client)],
        ["an empty record of the handshake, not protected"] = static client => [.. Record(Handshake, []), .. Good(client)],
        ["the hello again, not protected"] = static client => [.. Record(Handshake, Ordinary.ToMessage()), .. Good(client)],
        ["a record of an unknown type, not protected"] = static client => [.. Record(99, [0]), .. Good(client)],
        ["a heartbeat, not protected"] = static client => [.. Record(24, [1, 0, 0]), .. Good(client)],
        ["a wrong tag"] = static client => [.. Flipped(client.Sending.Protect(Handshake, client.Finished()), 57), .. Good(client)],
        ["a wrong byte"] = static client => [.. Flipped(client.Sending.Protect(Handshake, client.Finished()), 5), .. Good(client)],
        ["garbage of 0 bytes"] = static client => [.. Record(Data, []), .. Good(client)],
        ["garbage of 5 bytes"] = static client => [.. Record(Data, Filled(5, 1)), .. Good(client)],
        ["garbage of 16 bytes"] = static client => [.. Record(Data, Filled(16, 1)), .. Good(client)],
        ["garbage of 17 bytes"] = static client => [.. Record(Data, Filled(17, 1)), .. Good(client)],
        ["garbage of 40 bytes"] = static client => [.. Record(Data, Filled(40, 1)), .. Good(client)],
        ["garbage of 16,640 bytes"] = static _ => Record(Data, Filled(16640, 1)),
        ["only the header of a fragment of 16,641 bytes"] = static _ => [23, 3, 3, 0x41, 0x01],
        ["only the header of a fragment of 65,535 bytes"] = static _ => [23, 3, 3, 0xff, 0xff],
        ["the version 0301"] = static client => OfVersion(client, 3, 1),
        ["the version 0304"] = static client => OfVersion(client, 3, 4),
        ["the version 0203"] = static client => OfVersion(client, 2, 3),
    };

    /// <summary>The Finished and a request.</summary>
    private static byte[] Good(RawHandshake client) => [.. client.ProtectFinished(), .. Request(client)];

    private static byte[] Request(RawHandshake client) => client.Sending.Protect(Data, Deeds.Request);

    /// <summary>A request after a Finished that the case has already sent.</summary>
    private static byte[] After(RawHandshake client)
    {
        _ = client.ProtectFinished();
        return Request(client);
    }

    private static (byte[] First, byte[] Second) Halves(RawHandshake client, int first)
    {
        var (finished, keys) = (client.Finished(), client.Sending);
        var records = (keys.Protect(Handshake, finished.AsSpan(0, first)), keys.Protect(Handshake, finished.AsSpan(first)));
        _ = client.ProtectFinished();
        return records;
    }

    private static byte[] InRecords(RawHandshake client, int first)
    {
        var halves = Halves(client, first);
        return [.. halves.First, .. halves.Second, .. Request(client)];
    }

    private static byte[] Between(RawHandshake client, byte type, byte[] content)
    {
        var (finished, keys) = (client.Finished(), client.Sending);
        return
        [
            .. keys.Protect(Handshake, finished.AsSpan(0, 10)),
            .. keys.Protect(type, content),
            .. keys.Protect(Handshake, finished.AsSpan(10)),
            .. After(client),
        ];
    }

    /// <summary>Something before each half of the Finished.</summary>
    private static byte[] InHalves(RawHandshake client, Func<RawHandshake, bool, byte[]> before)
    {
        var finished = client.Finished();
        byte[] first = [.. before(client, true), .. client.Sending.Protect(Handshake, finished.AsSpan(..10))];
        byte[] second = [.. before(client, false), .. client.Sending.Protect(Handshake, finished.AsSpan(10..))];
        return [.. first, .. second, .. After(client)];
    }

    private static byte[] Warnings(RawHandshake client, int times)
    {
        var keys = client.Sending;
        return [.. Enumerable.Range(0, times).SelectMany(_ => keys.Protect(Alert, UserCanceled))];
    }

    private static byte[] Times(int times, byte[] record) => [.. Enumerable.Repeat(record, times).SelectMany(static bytes => bytes)];

    private static byte[] Flipped(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    private static byte[] OfVersion(RawHandshake client, byte major, byte minor)
    {
        var record = client.ProtectFinished();
        (record[1], record[2]) = (major, minor);
        return [.. record, .. Request(client)];
    }
}
