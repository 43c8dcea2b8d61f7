using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>How a hello is cut into records, what comes before and after it, and bytes that are not a hello.</summary>
internal static class WireCases
{
    private const byte Ccs = 20, Alert = 21, Handshake = 22, Data = 23;

    private static readonly byte[] Message = Ordinary.ToMessage();
    private static readonly byte[] Whole = Record(Handshake, Message, 0x0301);

    /// <summary>A record that no server ever accepts: a server that still waits for more shows it with an alert.</summary>
    private static readonly byte[] Unheard = Record(99, [0]);

    /// <summary>Sent in one piece. A server that does not refuse it has read <see cref="RawHello.Ordinary"/>.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } =
        new Dictionary<string, byte[]>
        {
            ["the record's version 0300"] = Record(Handshake, Message, 0x0300),
            ["the record's version 0302"] = Record(Handshake, Message, 0x0302),
            ["the record's version 0303"] = Record(Handshake, Message, 0x0303),
            ["the record's version 0304"] = Record(Handshake, Message, 0x0304),
            ["the record's version 03ff"] = Record(Handshake, Message, 0x03ff),
            ["the record's version 0200"] = Record(Handshake, Message, 0x0200),
            ["the record's version 0403"] = Record(Handshake, Message, 0x0403),
            ["a hello in two records, the first of one byte"] = InRecords(1),
            ["a hello in two records, cut in its header"] = InRecords(3),
            ["a hello in two records, cut behind its header"] = InRecords(4),
            ["a hello in two records, cut in the middle"] = InRecords(100),
            ["a hello in two records, the second of one byte"] = InRecords(Message.Length - 1),
            ["a hello in records of one byte"] = [.. Message.SelectMany(static value => Record(Handshake, [value], 0x0301))],
            ["a hello in two records of two versions"] =
            [
                .. Record(Handshake, Message.AsSpan(..100), 0x0301),
                .. Record(Handshake, Message.AsSpan(100..), 0x0303),
            ],
            ["an empty record before"] = [.. Record(Handshake, []), .. Whole],
            ["an empty record between"] =
            [
                .. Record(Handshake, Message.AsSpan(..100)),
                .. Record(Handshake, []),
                .. Record(Handshake, Message.AsSpan(100..)),
            ],
            ["an alert between, close_notify"] =
            [
                .. Record(Handshake, Message.AsSpan(..100)),
                .. Record(Alert, [1, 0]),
                .. Record(Handshake, Message.AsSpan(100..)),
            ],
            ["an alert between, a warning"] =
            [
                .. Record(Handshake, Message.AsSpan(..100)),
                .. Record(Alert, [1, 90]),
                .. Record(Handshake, Message.AsSpan(100..)),
            ],
            ["a change_cipher_spec between"] =
            [
                .. Record(Handshake, Message.AsSpan(..100)),
                .. Deeds.ChangeCipherSpec,
                .. Record(Handshake, Message.AsSpan(100..)),
            ],
            ["a change_cipher_spec behind"] = [.. Whole, .. Deeds.ChangeCipherSpec],
            ["two change_cipher_spec behind"] = [.. Whole, .. Deeds.ChangeCipherSpec, .. Deeds.ChangeCipherSpec],
            ["a warning behind"] = [.. Whole, .. Record(Alert, [1, 90])],
            ["the hello again in the same record"] = Record(Handshake, [.. Message, .. Message]),
            ["another message in the same record"] = Record(Handshake, [.. Message, .. RawHello.Message(20, Filled(32, 1))]),
            ["a byte in the same record"] = Record(Handshake, [.. Message, 1]),
            ["a zero in the same record"] = Record(Handshake, [.. Message, 0]),
            ["three bytes in the same record"] = Record(Handshake, [.. Message, 20, 0, 0]),
            ["a HelloRequest before"] = [.. Record(Handshake, [0, 0, 0, 0]), .. Whole],
            ["a ServerHello"] = Record(Handshake, RawHello.Message(2, Message.AsSpan(4..))),
            ["a Finished"] = Record(Handshake, RawHello.Message(20, Filled(32, 1))),
            ["a Certificate"] = Record(Handshake, RawHello.Message(11, [0, 0, 0, 0])),
            ["an unknown message"] = Record(Handshake, RawHello.Message(99, [0])),
            ["a hello of no bytes"] = Record(Handshake, [1, 0, 0, 0]),
            ["a hello of 131,396 bytes, its header only"] = [.. Record(Handshake, [1, 0x02, 0x01, 0x44, 3, 3]), .. Unheard],
            ["a hello of 131,397 bytes, its header only"] = [.. Record(Handshake, [1, 0x02, 0x01, 0x45, 3, 3]), .. Unheard],
            ["a hello of 16 MB, its header only"] = [.. Record(Handshake, [1, 0xff, 0xff, 0xff, 3, 3]), .. Unheard],
            ["half a hello, then an unknown record"] = [.. Record(Handshake, Message.AsSpan(..100)), .. Unheard],
            ["half a hello, then half another"] = [.. Record(Handshake, Message.AsSpan(..100)), .. Whole],
            ["a record of 16,385 bytes"] = Record(Handshake, [1, 0, 0x40, 0, .. Filled(16381, 3)]),
            ["a record of 65,535 bytes, its header only"] = [22, 3, 1, 0xff, 0xff, 1],
            ["an alert as the first record"] = [22, 3, 1, 0, 0, .. Record(Alert, [2, 40])],
            ["the hello of SSL 2"] = [0x80, 0x1c, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 47, .. Filled(16, 8)],
            ["the hello of SSL 2 that offers 3.3"] =
            [
                0x80,
                0x1f,
                1,
                3,
                3,
                0,
                6,
                0,
                0,
                0,
                16,
                0,
                0x13,
                0x01,
                0,
                0xc0,
                0x2b,
                .. Filled(16, 8),
            ],
            ["0x16 and HTTP"] = [22, .. "GET / HTTP/1.1\r\n\r\n"u8],
            ["0x16 and HTTP after the version"] = [22, 3, 1, .. "GET / HTTP/1.1\r\n\r\n"u8],
            ["bytes above 0x80"] = [.. Filled(40, 0xff)],
            ["trailing bytes behind the extensions"] = Record(Handshake, (Ordinary with { Trailing = [0, 0] }).ToMessage()),
            ["extensions that go over the hello"] = Changed(static at => at.Extensions, +1),
            ["extensions that end before the hello"] = Changed(static at => at.Extensions, -1),
            ["an extension that goes over the extensions"] = Changed(static at => at.LastExtension, +1),
            ["an empty list of extensions"] = Record(Handshake, (Ordinary with { Extensions = [], Trailing = [0, 0] }).ToMessage()),
            ["one byte for a list of extensions"] = Record(Handshake, (Ordinary with { Extensions = [], Trailing = [0] }).ToMessage()),
            ["a hello cut off behind the random"] = Record(Handshake, RawHello.Message(1, Message.AsSpan(4..38))),
            ["a hello cut off in the random"] = Record(Handshake, RawHello.Message(1, Message.AsSpan(4..20))),
            ["a hello cut off behind the suites"] = Record(Handshake, RawHello.Message(1, Message.AsSpan(4..79))),
            ["a hello of two bytes"] = Record(Handshake, [1, 0, 0, 2, 3, 3]),
            ["a legacy_session_id of 33 bytes"] = Record(Handshake, (Ordinary with { SessionId = Filled(33, 1) }).ToMessage()),
            ["a legacy_session_id of 255 bytes"] = Record(Handshake, (Ordinary with { SessionId = Filled(255, 1) }).ToMessage()),
            ["no suites"] = Record(Handshake, (Ordinary with { Suites = [] }).ToMessage()),
            ["suites of an odd length"] = Changed(static at => at.Suites, -1),
            ["the first record of a hello, and no more"] = [.. Record(Handshake, Message.AsSpan(..100), 0x0301), .. Unheard],
        };

    /// <summary>What is refused after the hello, sent in one piece with it.</summary>
    public static IReadOnlyDictionary<string, byte[]> Behind { get; } = new Dictionary<string, byte[]>
    {
        ["40 change_cipher_spec"] = [.. Whole, .. Enumerable.Repeat(Deeds.ChangeCipherSpec, 40).SelectMany(static record => record)],
        ["a change_cipher_spec of two bytes"] = [.. Whole, .. Record(Ccs, [1, 1])],
        ["a change_cipher_spec of another value"] = [.. Whole, .. Record(Ccs, [2])],
        ["an unknown record"] = [.. Whole, .. Unheard],
        ["close_notify"] = [.. Whole, .. Record(Alert, [1, 0])],
        ["a fatal alert"] = [.. Whole, .. Record(Alert, [2, 40])],
        ["data that are not protected"] = [.. Whole, .. Record(Data, Filled(40, 1))],
        ["the hello again"] = [.. Whole, .. Whole],
    };

    private static byte[] InRecords(int first) =>
        [.. Record(Handshake, Message.AsSpan(..first), 0x0301), .. Record(Handshake, Message.AsSpan(first..), 0x0301)];

    /// <summary>The hello with another length somewhere in it.</summary>
    private static byte[] Changed(Func<(int Suites, int Extensions, int LastExtension), int> where, int by)
    {
        var suites = 4 + 2 + 32 + 1 + Ordinary.SessionId.Length;
        var extensions = suites + 2 + 2 * Ordinary.Suites.Count + 1 + Ordinary.Compressions.Length;
        var at = where((suites, extensions, Message.Length - Ordinary.Extensions[^1].Data.Length - 2));
        var message = (byte[])Message.Clone();
        UInt16((message[at] << 8 | message[at + 1]) + by).CopyTo(message, at);
        return Record(Handshake, message);
    }
}
