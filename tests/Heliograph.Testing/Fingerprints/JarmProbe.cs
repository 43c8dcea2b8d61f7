using System.Security.Cryptography;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Fingerprints;

/// <summary>
/// One of the ten hellos of a JARM scan. Each offers much the same in a different order, so that the answers show how a server chooses.
/// </summary>
internal sealed record JarmProbe
{
    private const ushort Grease = 0x0a0a;

    /// <summary>The ten, in the order in which their answers enter the fingerprint.</summary>
    public static IReadOnlyList<JarmProbe> All { get; } =
    [
        new() { Version = 0x0303, HighestSupported = 0x0303, ListOrder = Order.Reverse },
        new() { Version = 0x0303, HighestSupported = 0x0303, CipherOrder = Order.Reverse },
        new() { Version = 0x0303, CipherOrder = Order.TopHalf },
        new() { Version = 0x0303, CipherOrder = Order.BottomHalf, RareProtocols = true },
        new() { Version = 0x0303, CipherOrder = Order.MiddleOut, RareProtocols = true, WithGrease = true, ListOrder = Order.Reverse },
        new() { Version = 0x0302 },
        new() { Version = 0x0303, RecordVersion = 0x0301, HighestSupported = 0x0304, ListOrder = Order.Reverse },
        new() { Version = 0x0303, RecordVersion = 0x0301, HighestSupported = 0x0304, CipherOrder = Order.Reverse },
        new() { Version = 0x0303, RecordVersion = 0x0301, HighestSupported = 0x0304, WithoutTls13Ciphers = true },
        new()
        {
            Version = 0x0303, RecordVersion = 0x0301, HighestSupported = 0x0304, CipherOrder = Order.MiddleOut, WithGrease = true,
            ListOrder = Order.Reverse,
        },
    ];

    /// <summary>Every cipher suite offered, as JARM orders them.</summary>
    public static IReadOnlyList<ushort> CipherSuites { get; } =
    [
        0x0016, 0x0033, 0x0067, 0xc09e, 0xc0a2, 0x009e, 0x0039, 0x006b, 0xc09f, 0xc0a3, 0x009f, 0x0045, 0x00be, 0x0088, 0x00c4,
        0x009a, 0xc008, 0xc009,
        0xc023, 0xc0ac, 0xc0ae, 0xc02b, 0xc00a, 0xc024, 0xc0ad, 0xc0af, 0xc02c, 0xc072, 0xc073, 0xcca9, 0x1302, 0x1301, 0xcc14,
        0xc007, 0xc012, 0xc013,
        0xc027, 0xc02f, 0xc014, 0xc028, 0xc030, 0xc060, 0xc061, 0xc076, 0xc077, 0xcca8, 0x1305, 0x1304, 0x1303, 0xcc13, 0xc011,
        0x000a, 0x002f, 0x003c,
        0xc09c, 0xc0a0, 0x009c, 0x0035, 0x003d, 0xc09d, 0xc0a1, 0x009d, 0x0041, 0x00ba, 0x0084, 0x00c0, 0x0007, 0x0004, 0x0005,
    ];

    private static readonly string[] Protocols = ["http/0.9", "http/1.0", "http/1.1", "spdy/1", "spdy/2", "spdy/3", "h2", "h2c", "hq"];
    private static readonly string[] CommonProtocols = ["http/1.1", "h2"];

    internal enum Order
    {
        Forward,
        Reverse,
        TopHalf,
        BottomHalf,
        MiddleOut,
    }

    public required ushort Version { get; init; }

    public ushort? RecordVersion { get; init; }

    /// <summary>The highest entry of supported_versions; without it the extension is left out.</summary>
    public ushort? HighestSupported { get; init; }

    public Order CipherOrder { get; init; }

    /// <summary>The order of the protocols and of the supported versions.</summary>
    public Order ListOrder { get; init; }

    public bool WithGrease { get; init; }

    public bool RareProtocols { get; init; }

    public bool WithoutTls13Ciphers { get; init; }

    public static bool IsTls13(ushort cipherSuite) => cipherSuite >> 8 == 0x13;

    /// <summary>The hello in its record.</summary>
    public byte[] Build(string hostName)
    {
        var ciphers = Arrange([.. CipherSuites.Where(suite => !WithoutTls13Ciphers || !IsTls13(suite))], CipherOrder);
        byte[] body =
        [
            .. UInt16(Version), .. RandomNumberGenerator.GetBytes(32), .. Vector8(RandomNumberGenerator.GetBytes(32)),
            .. Vector16(UInt16s(Greased(ciphers))), .. Vector8([0]), .. Vector16(Extensions(hostName)),
        ];
        return [22, .. UInt16(RecordVersion ?? Version), .. Vector16([1, 0, .. Vector16(body)])];
    }

    private byte[] Extensions(string hostName) =>
        [
            .. WithGrease ? Extension(Grease) : [],
            .. ServerName(hostName),
            .. Extension(23), // extended_master_secret
            .. Extension(1, 1), // max_fragment_length of 512
            .. Extension(0xff01, 0), // renegotiation_info
            .. Extension(10, Vector16(UInt16s([0x001d, 0x0017, 0x0018, 0x0019]))), // supported_groups
            .. Extension(11, Vector8([0])), // ec_point_formats
            .. Extension(35), // session_ticket
            .. Alpn(Arrange(
                [.. Protocols.Where(name => !RareProtocols || !CommonProtocols.Contains(name, StringComparer.Ordinal))],
                ListOrder)),
            // signature_algorithms
            .. Extension(13, Vector16(UInt16s([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201]))),
            .. Extension(51, Vector16([.. WithGrease ? [.. UInt16(Grease), 0, 1, 0] : Array.Empty<byte>(), .. X25519Share()])), // key_share
            .. Extension(45, Vector8([1])), // psk_key_exchange_modes
            .. HighestSupported is { } highest ? SupportedVersions(Greased(Arrange(Versions(highest), ListOrder))) : [],
        ];

    private static byte[] X25519Share() => [.. UInt16(0x001d), .. Vector16(RandomNumberGenerator.GetBytes(32))];

    private static ushort[] Versions(ushort highest) => [.. Enumerable.Range(0x0301, highest - 0x0300).Select(version => (ushort)version)];

    private IEnumerable<ushort> Greased(IEnumerable<ushort> values) => WithGrease ? values.Prepend(Grease) : values;

    /// <summary>
    /// The middle of an odd list belongs to its top half; middle-out starts with it and continues outwards, the later neighbour first.
    /// </summary>
    private static T[] Arrange<T>(T[] items, Order order)
    {
        var half = items.Length / 2;
        var isOdd = items.Length % 2 != 0;
        return order switch
        {
            Order.Reverse => [.. items.Reverse()],
            Order.BottomHalf => items[(isOdd ? half + 1 : half)..],
            Order.TopHalf => [.. items[..(isOdd ? half + 1 : half)].Reverse()],
            Order.MiddleOut =>
            [
                .. isOdd ? [items[half]] : Array.Empty<T>(),
                .. Enumerable.Range(1, half).SelectMany(step => new[] { items[half - (isOdd ? 0 : 1) + step], items[half - step] }),
            ],
            _ => items,
        };
    }
}
