using Heliograph.Testing.Hellos;
using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>
/// Hellos of real clients with something changed in them, by a seed: mostly within one extension, so that the rest stays well formed.
/// </summary>
internal static class MutatedHello
{
    private static readonly RawHello[] Originals =
    [
        Ordinary,
        Ordinary.WithProtocols("http/1.1").And(5, 1, 0, 0, 0, 0).And(11, 1, 0).And(35).And(22).And(23).And(49).And(21, 0, 0),
        .. new[]
        {
            "inner-emul-chrome_149-cdn2",
            "inner-emul-firefox_149-cdn2",
            "inner-emul-okhttp_5-cdn2",
            "outer-localhost-http1-tls",
            "inner-production-chat-auth",
        }.Select(static name => Parse(HelloFixture.Load(name).Bytes.AsSpan(5)).WithOwnShares()),
    ];

    /// <summary>Types to change an extension's into: all of OpenSSL's, and some that it does not know.</summary>
    private static readonly int[] Types =
    [
        0,
        1,
        5,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        21,
        22,
        23,
        27,
        28,
        35,
        41,
        42,
        43,
        44,
        45,
        47,
        49,
        50,
        51,
        57,
        13172,
        17613,
        0x2a2a,
        0xfde8,
        0xfe0d,
        0xff01,
    ];

    /// <summary>The message; the same seed gives the same one.</summary>
    public static byte[] Create(int seed)
    {
        var random = new Random(seed);
        var hello = Originals[random.Next(Originals.Length)];
        for (var changes = 1 + random.Next(2); changes > 0; changes--)
            hello = Change(hello, random);
        var message = hello.ToMessage();
        if (random.Next(6) == 0)
            message[random.Next(4, message.Length)] = (byte)random.Next(256);
        return message;
    }

    private static RawHello Change(RawHello hello, Random random)
    {
        var extensions = hello.Extensions.ToList();
        var at = random.Next(extensions.Count);
        var chosen = extensions[at];
        switch (random.Next(12))
        {
            case 0:
                extensions.RemoveAt(at);
                break;
            case 1:
                extensions.Insert(random.Next(extensions.Count + 1), chosen);
                break;
            case 2:
                extensions[at] = chosen with { Type = Types[random.Next(Types.Length)] };
                break;
            case 3:
                extensions.Insert(random.Next(extensions.Count + 1), new(Types[random.Next(Types.Length)], Data(random, random.Next(8))));
                break;
            case 4:
                extensions.Reverse();
                break;
            case 5:
                return hello with { Suites = [.. hello.Suites.OrderBy(_ => random.Next()).Take(random.Next(1, 12))] };
            case 6:
                return hello with
                {
                    SessionId = Data(random, random.Next(34)),
                    LegacyVersion = random.Next(3) == 0 ? 0x0300 + random.Next(6) : 0x0303,
                };
            default:
                extensions[at] = chosen with { Data = Changed(chosen.Data, random) };
                break;
        }
        return hello with { Extensions = extensions };
    }

    private static byte[] Changed(byte[] data, Random random)
    {
        // Where lengths and numbers are, not in the middle of a key.
        var at = random.Next(Math.Min(data.Length, 16) + 1);
        if (data.Length == 0 || random.Next(3) == 0)
            return [.. data.AsSpan(..at), .. Data(random, 1 + random.Next(3)), .. data.AsSpan(at)];
        if (random.Next(3) == 0)
            return data[..^Math.Min(data.Length, 1 + random.Next(3))];
        var changed = (byte[])data.Clone();
        changed[Math.Min(at, data.Length - 1)] =
            random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(changed[Math.Min(at, data.Length - 1)] + random.Next(-2, 3));
        return changed;
    }

    private static byte[] Data(Random random, int length)
    {
        var data = new byte[length];
        random.NextBytes(data);
        return random.Next(2) == 0 || length < 2 ? data : [.. UInt16(length - 2), .. data.AsSpan(2)];
    }
}
