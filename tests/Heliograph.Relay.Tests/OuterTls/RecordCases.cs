using System.Net;
using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls;

/// <summary>What a client may do to the record layer of TLS 1.3 after the handshake, and what comes back.</summary>
internal static class RecordCases
{
    public const byte Alert = RawTls13Client.Alert, Handshake = RawTls13Client.Handshake, Data = RawTls13Client.ApplicationData;

    public static readonly byte[] KeyUpdate = [24, 0, 0, 1, 0], KeyUpdateRequest = [24, 0, 0, 1, 1];

    private static readonly byte[] UserCanceled = [1, 90];

    /// <summary>Each ends with a request, which is answered if the connection still stands.</summary>
    public static IReadOnlyDictionary<string, Action<RawTls13Client>> All { get; } = new Dictionary<string, Action<RawTls13Client>>
    {
        ["nothing unusual"] = static _ => { },
        ["padding"] = static client => client.Send(Data, [], padding: 3),
        ["a content of 16,384 bytes and as much padding as there may be"] = static client =>
            client.Send(Data, Target(16384), padding: 256 - 17),
        ["a content of 16,385 bytes"] = static client => client.Send(Data, Target(16385)),
        ["a fragment of 16,641 bytes"] = static client => client.SendBytes([23, 3, 3, 0x41, 0x01, .. new byte[0x4101]]),
        ["only the header of a fragment of 65,535 bytes"] = static client => client.SendBytes([23, 3, 3, 0xff, 0xff]),
        ["a wrong tag"] = static client => client.SendBytes(Corrupt(client.Sending.Protect(Data, "GET"u8), fromEnd: 1)),
        ["a wrong byte"] = static client => client.SendBytes(Corrupt(client.Sending.Protect(Data, "GET"u8), fromEnd: 18)),
        ["a record twice"] = static client =>
        {
            var record = client.Sending.Protect(Data, "GET /"u8);
            client.SendBytes([.. record, .. record]);
        },
        ["an empty fragment"] = static client => client.SendBytes([23, 3, 3, 0, 0]),
        ["a fragment shorter than a tag"] = static client => client.SendBytes([23, 3, 3, 0, 15, .. new byte[15]]),
        ["a fragment as long as a tag"] = static client => client.SendBytes([23, 3, 3, 0, 16, .. new byte[16]]),
        ["a fragment of one byte and a wrong tag"] = static client => client.SendBytes([23, 3, 3, 0, 17, .. new byte[17]]),
        ["the outer type handshake"] = static client => client.SendBytes(Outer(client, type: 22)),
        ["the outer type alert"] = static client => client.SendBytes(Outer(client, type: 21)),
        ["an alert without protection"] = static client => client.SendBytes([21, 3, 3, 0, 2, 1, 0]),
        ["a change_cipher_spec"] = static client => client.SendBytes([20, 3, 3, 0, 1, 1]),
        ["an outer type that there is not"] = static client => client.SendBytes(Outer(client, type: 99)),
        ["the version 3.1"] = static client => client.SendBytes(Outer(client, minor: 1)),
        ["the version 3.4"] = static client => client.SendBytes(Outer(client, minor: 4)),
        ["the version 2.3"] = static client => client.SendBytes(Outer(client, major: 2)),
        ["padding and no type"] = static client => client.Send(0, [], padding: 7),
        ["the inner type change_cipher_spec"] = static client => client.Send(20, [1]),
        ["an inner type that there is not"] = static client => client.Send(99, [1]),
        ["32 empty records"] = static client => Repeat(32, () => client.Send(Data, [])),
        ["33 empty records"] = static client => Repeat(33, () => client.Send(Data, [])),
        ["40 empty records with something between"] = static client =>
        {
            Repeat(20, () => client.Send(Data, []));
            client.Send(Alert, UserCanceled);
            Repeat(20, () => client.Send(Data, []));
        },
        ["close_notify"] = static client => client.Send(Alert, [1, 0]),
        ["close_notify as a fatal alert"] = static client => client.Send(Alert, [2, 0]),
        ["a fatal alert"] = static client => client.Send(Alert, [2, 80]),
        ["a warning"] = static client => client.Send(Alert, [1, 100]),
        ["user_canceled 4 times"] = static client => Repeat(4, () => client.Send(Alert, UserCanceled)),
        ["user_canceled 5 times"] = static client => Repeat(5, () => client.Send(Alert, UserCanceled)),
        ["user_canceled 8 times, data between"] = static client =>
        {
            Repeat(4, () => client.Send(Alert, UserCanceled));
            client.Send(Data, "G"u8);
            Repeat(4, () => client.Send(Alert, UserCanceled));
        },
        ["an alert of one byte"] = static client => client.Send(Alert, [1]),
        ["an alert of three bytes"] = static client => client.Send(Alert, [1, 90, 0]),
        ["an alert of no bytes"] = static client => client.Send(Alert, []),
        ["a handshake record without content"] = static client => client.Send(Handshake, []),
        ["a ClientHello"] = static client => client.Send(Handshake, [1, 0, 0, 4, 3, 3, 0, 0]),
        ["the first three bytes of a ClientHello"] = static client => client.Send(Handshake, [1, 0, 0]),
        ["a KeyUpdate"] = static client =>
        {
            client.Send(Handshake, KeyUpdate);
            client.Sending.Update();
        },
        ["a KeyUpdate, and the old key"] = static client => client.Send(Handshake, KeyUpdate),
        ["a KeyUpdate that asks for one"] = static client =>
        {
            client.Send(Handshake, KeyUpdateRequest);
            client.Sending.Update();
        },
        ["100 KeyUpdates, every second one asks for one"] = static client => Repeat(50, () =>
        {
            client.Send(Handshake, KeyUpdate);
            client.Sending.Update();
            client.Send(Handshake, KeyUpdateRequest);
            client.Sending.Update();
        }),
        ["a KeyUpdate in five records"] = static client =>
        {
            foreach (var value in KeyUpdate)
                client.Send(Handshake, [value]);
            client.Sending.Update();
        },
        ["half a KeyUpdate, then data"] = static client => client.Send(Handshake, [24, 0]),
        ["half a KeyUpdate, then an alert"] = static client =>
        {
            client.Send(Handshake, [24, 0]);
            client.Send(Alert, UserCanceled);
        },
        ["two KeyUpdates in one record"] = static client => client.Send(Handshake, [.. KeyUpdate, .. KeyUpdate]),
        ["a KeyUpdate and half another in one record"] = static client => client.Send(Handshake, [.. KeyUpdate, 24, 0]),
        ["a KeyUpdate that asks for something else"] = static client => client.Send(Handshake, [24, 0, 0, 1, 2]),
        ["a KeyUpdate of no bytes"] = static client => client.Send(Handshake, [24, 0, 0, 0]),
        ["a KeyUpdate of two bytes"] = static client => client.Send(Handshake, [24, 0, 0, 2, 0, 0]),
        ["a KeyUpdate of five bytes"] = static client => client.Send(Handshake, [24, 0, 0, 5, 0, 0, 0, 0, 0]),
        ["the first bytes of a KeyUpdate of 16 MB"] = static client => client.Send(Handshake, [24, 255, 255, 255]),
    };

    /// <summary>The records that come back, in words; the number of those with application data does not matter.</summary>
    public static string GetReaction(IPEndPoint server, Action<RawTls13Client> deed, string suite = "TLS_AES_128_GCM_SHA256")
    {
        using var client = RawTls13Client.Connect(server, suite);
        deed(client);
        return GetReaction(client);
    }

    public static string GetReaction(RawTls13Client client)
    {
        client.Send(Data, "GET / HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n"u8);
        var words = new List<string>();
        while (client.Read() is var (type, content))
        {
            var word = type switch
            {
                Data => "data",
                Handshake => content[0] == 4 ? "ticket" : $"handshake {Convert.ToHexString(content)}",
                _ => $"alert {Convert.ToHexString(content)}",
            };
            if (type == Handshake && content[0] == 24)
                client.Receiving.Update();
            if (word != "data" || words.LastOrDefault() != "data")
                words.Add(word);
        }
        return string.Join(", ", words);
    }

    public static void Repeat(int times, Action action)
    {
        for (var time = 0; time < times; time++)
            action();
    }

    private static byte[] Target(int length)
    {
        var target = new byte[length];
        "GET /"u8.CopyTo(target);
        target.AsSpan(5).Fill((byte)'a');
        return target;
    }

    private static byte[] Corrupt(byte[] record, int fromEnd)
    {
        record[^fromEnd] ^= 1;
        return record;
    }

    private static byte[] Outer(RawTls13Client client, byte type = 23, byte major = 3, byte minor = 3)
    {
        var record = client.Sending.Protect(Data, "GET"u8);
        (record[0], record[1], record[2]) = (type, major, minor);
        return record;
    }
}
