using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>
/// A few random records after the server's flight, chosen by a seed, with the Finished among them and a request at the end.
/// </summary>
internal static class RandomAnswer
{
    private const byte Ccs = 20, Alert = 21, Handshake = 22, Data = 23;

    private static readonly byte[] KeyUpdate = [24, 0, 0, 1, 0];

    /// <summary>The bytes to send. The same seed gives the same kinds.</summary>
    public static byte[] Create(RawHandshake client, int seed)
    {
        var random = new Random(seed);
        var (finished, keys) = (client.Finished(), client.Sending);
        var sent = new List<byte>();
        var at = 0;
        while (at < finished.Length)
        {
            sent.AddRange(Between(keys, random));
            var length = random.Next(3) == 0 ? Math.Min(1 + random.Next(20), finished.Length - at) : finished.Length - at;
            sent.AddRange(keys.Protect(Handshake, finished.AsSpan(at, length), random.Next(3) == 0 ? random.Next(300) : 0));
            at += length;
        }
        _ = client.ProtectFinished();
        sent.AddRange(Between(client.Sending, random));
        sent.AddRange(client.Sending.Protect(Data, Deeds.Request));
        return [.. sent];
    }

    private static List<byte> Between(Tls13Keys keys, Random random)
    {
        var records = new List<byte>();
        for (var kinds = random.Next(3); kinds > 0; kinds--)
        {
            var kind = random.Next(24);
            for (var times = random.Next(4) == 0 ? random.Next(1, 36) : 1; times > 0; times--)
                records.AddRange(Record(keys, kind, random));
        }
        return records;
    }

    /// <summary>Harmless records are more frequent, because nothing is read after one that is not.</summary>
    private static byte[] Record(Tls13Keys keys, int kind, Random random) => kind switch
    {
        < 8 => Deeds.ChangeCipherSpec,
        < 13 => keys.Protect(Alert, [1, 90], random.Next(2)),
        13 => RawHello.Record(Alert, [1, 90]),
        14 => keys.Protect(Data, []),
        15 => keys.Protect(Handshake, KeyUpdate),
        16 => keys.Protect(Handshake, []),
        17 => keys.Protect((byte)random.Next(256), Filled(random.Next(4), 1)),
        18 => keys.Protect(Alert, [(byte)random.Next(4), (byte)random.Next(256)]),
        19 => RawHello.Record((byte)random.Next(256), Filled(random.Next(20), 1)),
        20 => RawHello.Record(Ccs, Filled(random.Next(3), (byte)random.Next(3)), random.Next(3) == 0 ? 0x0301 : 0x0303),
        21 => RawHello.Record(Alert, Filled(random.Next(4), 1), random.Next(2) == 0 ? 0x0301 : 0x0303),
        22 => RawHello.Record(Data, Filled(random.Next(40), 1), random.Next(4) == 0 ? 0x0301 : 0x0303),
        _ => keys.Protect(0, [], random.Next(9)),
    };
}
