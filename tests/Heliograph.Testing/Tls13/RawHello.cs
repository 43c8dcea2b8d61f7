using System.Buffers.Binary;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls13;

/// <summary>One extension with any data.</summary>
public sealed record HelloExtension(int Type, byte[] Data);

/// <summary>A ClientHello of which a test may choose every byte (RFC 8446 section 4.1.2).</summary>
public sealed record RawHello
{
    public const int ServerNames = 0, StatusRequest = 5, SupportedGroups = 10, SignatureAlgorithms = 13, ApplicationProtocols = 16,
        PreSharedKey = 41, EarlyData = 42, Versions = 43, PskModes = 45, KeyShare = 51;

    /// <summary>The hello of a small TLS 1.3 client; the cases differ from it.</summary>
    public static RawHello Ordinary { get; } = new RawHello
    {
        Suites = [0x1301, 0x1302, 0x1303],
        Extensions =
        [
            new(ServerNames, HostNames("proxy.example")),
            new(SupportedGroups, Vector16(UInt16s([0x001d, 0x0017]))),
            new(SignatureAlgorithms, Vector16(UInt16s([0x0403, 0x0804, 0x0401]))),
            new(Versions, Vector8(UInt16(0x0304))),
            new(PskModes, [1, 1]),
            new(KeyShare, Vector16(ClientShare.X25519.Entry)),
        ],
    };

    public int LegacyVersion { get; init; } = 0x0303;

    public byte[] Random { get; init; } = Filled(32, 0xa5);

    public byte[] SessionId { get; init; } = Filled(32, 0x5a);

    public IReadOnlyList<ushort> Suites { get; init; } = [];

    public byte[] Compressions { get; init; } = [0];

    public IReadOnlyList<HelloExtension> Extensions { get; init; } = [];

    /// <summary>The bytes after the extensions.</summary>
    public byte[] Trailing { get; init; } = [];

    /// <summary>Reads a captured hello.</summary>
    /// <param name="message">With the four bytes of the handshake header.</param>
    public static RawHello Parse(ReadOnlySpan<byte> message)
    {
        var rest = message[38..];
        var id = Take(ref rest, rest[0], 1);
        var suites = Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(rest), 2);
        var compressions = Take(ref rest, rest[0], 1);
        rest = rest[2..];
        var extensions = new List<HelloExtension>();
        while (!rest.IsEmpty)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            rest = rest[2..];
            extensions.Add(new(type, Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(rest), 2)));
        }
        return new()
        {
            LegacyVersion = BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            Random = message[6..38].ToArray(),
            SessionId = id,
            Suites = [.. suites.Chunk(2).Select(static suite => BinaryPrimitives.ReadUInt16BigEndian(suite))],
            Compressions = compressions,
            Extensions = extensions,
        };
    }

    public static byte[] HostNames(string name) => Vector16(HostName(name));

    public static byte[] Filled(int length, byte value)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    /// <summary>Replaces the extension's data in its place; adds it at the end if it is missing.</summary>
    public RawHello With(int type, params byte[] data) => Extensions.Any(extension => extension.Type == type)
        ? this with { Extensions = [.. Extensions.Select(extension => extension.Type == type ? new(type, data) : extension)] }
        : And(type, data);

    /// <summary>Adds an extension, even if there is already one of this type.</summary>
    public RawHello And(int type, params byte[] data) => this with { Extensions = [.. Extensions, new(type, data)] };

    public RawHello Without(params int[] types) =>
        this with
        {
            Extensions = [.. Extensions.Where(extension => !types.Contains(extension.Type))],
        };

    public RawHello WithShares(params ClientShare[] shares) =>
        With(KeyShare, Vector16([.. shares.SelectMany(static share => share.Entry)]));

    /// <summary>The same shares in the same order, but with keys that the tests know, for groups for which they have one.</summary>
    public RawHello WithOwnShares()
    {
        var shares = new List<byte>();
        ReadOnlySpan<byte> rest = Extensions.Single(static extension => extension.Type == KeyShare).Data.AsSpan(2);
        while (!rest.IsEmpty)
        {
            var group = BinaryPrimitives.ReadUInt16BigEndian(rest);
            rest = rest[2..];
            var key = Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(rest), 2);
            shares.AddRange(ClientShare.ForGroup(group)?.Entry ?? [.. UInt16(group), .. Vector16(key)]);
        }
        return With(KeyShare, Vector16([.. shares]));
    }

    public RawHello WithGroups(params ushort[] groups) => With(SupportedGroups, Vector16(UInt16s(groups)));

    public RawHello WithProtocols(params string[] protocols) => With(ApplicationProtocols, Alpn(protocols)[4..]);

    public RawHello Named(string name) => With(ServerNames, HostNames(name));

    /// <summary>The handshake message, with its header.</summary>
    public byte[] ToMessage()
    {
        byte[] extensions = [.. Extensions.SelectMany(static extension => Extension(extension.Type, extension.Data))];
        var block = Extensions.Count == 0 ? [] : Vector16(extensions);
        return Message(
            1,
            [
                .. UInt16(LegacyVersion),
                .. Random,
                .. Vector8(SessionId),
                .. Vector16(UInt16s(Suites)),
                .. Vector8(Compressions),
                .. block,
                .. Trailing,
            ]);
    }

    /// <summary>A handshake message.</summary>
    public static byte[] Message(byte type, ReadOnlySpan<byte> body) =>
        [type, (byte)(body.Length >> 16), .. UInt16(body.Length & 0xffff), .. body];

    /// <summary>A record without protection.</summary>
    public static byte[] Record(byte type, ReadOnlySpan<byte> fragment, int version = 0x0303) =>
        [type, .. UInt16(version), .. Vector16(fragment)];

    private static byte[] Take(ref ReadOnlySpan<byte> rest, int length, int prefix)
    {
        var taken = rest.Slice(prefix, length).ToArray();
        rest = rest[(prefix + length)..];
        return taken;
    }
}
