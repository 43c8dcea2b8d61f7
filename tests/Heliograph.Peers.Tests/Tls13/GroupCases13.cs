using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Peers.Tests.Tls13;

/// <summary>
/// Groups that few clients offer in TLS 1.3, with and without a share. The client leaves after the hello: it has no keys for them.
/// </summary>
internal static class GroupCases13
{
    private const ushort Ffdhe2048 = 0x0100;

    private static readonly RawHello Hello = RawHello.Ordinary;

    public static IReadOnlyDictionary<string, RawHello> All { get; } = new Dictionary<string, RawHello>
    {
        ["ffdhe2048 without a share"] = Without(0x0100),
        ["ffdhe3072 without a share"] = Without(0x0101),
        ["ffdhe4096 without a share"] = Without(0x0102),
        ["ffdhe6144 without a share"] = Without(0x0103),
        ["ffdhe8192 without a share"] = Without(0x0104),
        ["an unknown group of the FFDHE range"] = Without(0x01fb),
        ["ffdhe2048 and X25519 without a share"] = Without(Ffdhe2048, 0x001d),
        ["ffdhe2048 and a share of 0"] = With(Ffdhe2048, new byte[256]),
        ["ffdhe2048 and a share of 1"] = With(Ffdhe2048, [.. new byte[255], 1]),
        ["ffdhe2048 and a share of all ones"] = With(Ffdhe2048, RawHello.Filled(256, 0xff)),
        ["ffdhe2048 and a share that is a byte short"] = With(Ffdhe2048, RawHello.Filled(255, 1)),
        ["ffdhe2048 and a share that is a byte long"] = With(Ffdhe2048, RawHello.Filled(257, 1)),
        ["ffdhe2048 and an empty share"] = With(Ffdhe2048, []),
        ["brainpool of TLS 1.2"] = Without(26, 27, 28),
        ["brainpool of TLS 1.3"] = Without(31, 32, 33),
        ["brainpoolP256r1tls13 and a share"] = With(31, [4, .. RawHello.Filled(64, 1)]),
        ["curves that nobody has any more"] = Without(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21),
        ["secp256k1"] = Without(22),
        ["secp256k1 and a share"] = With(22, [4, .. RawHello.Filled(64, 1)]),
        ["arbitrary curves of RFC 4492"] = Without(0xff01, 0xff02),
        ["X25519MLKEM768 and a share"] = With(0x11ec, RawHello.Filled(1184 + 32, 1)),
        ["SecP256r1MLKEM768 and a share"] = With(0x11eb, RawHello.Filled(1184 + 65, 1)),
        ["MLKEM768 and a share"] = With(0x0201, RawHello.Filled(1184, 1)),
        ["X25519MLKEM768 and a short share, and X25519"] = Hello.WithGroups(0x11ec, 0x001d)
            .With(RawHello.KeyShare, Vector16([.. Entry(0x11ec, RawHello.Filled(100, 1)), .. ClientShare.X25519.Entry])),
        ["X448 and a share of zeros"] = With(0x001e, new byte[56]),
        ["X448 and a share that is a byte short"] = With(0x001e, RawHello.Filled(55, 1)),
        ["P-384 and a share that is no point"] = With(0x0018, [4, .. RawHello.Filled(96, 1)]),
        ["P-521 and a share of infinity"] = With(0x0019, [0]),
        ["P-256 and a share in hybrid form"] = With(0x0017, [6, .. ClientShare.P256.PublicKey.AsSpan(1)]),
    };

    /// <summary>A share that is accepted. The length of an ECDSA signature would show in a flight that the client cannot read.</summary>
    public static RawHello OfFfdhe => With(Ffdhe2048, [.. new byte[255], 2]);

    private static RawHello Without(params ushort[] groups) => Hello.WithGroups(groups).With(RawHello.KeyShare, 0, 0);

    private static RawHello With(ushort group, byte[] share) =>
        Hello.WithGroups(group).With(RawHello.KeyShare, Vector16(Entry(group, share)));

    private static byte[] Entry(ushort group, byte[] share) => [.. UInt16(group), .. Vector16(share)];
}
