using System.Buffers.Binary;
using System.Numerics;
using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls12;

/// <summary>A ServerKeyExchange (RFC 5246 section 7.4.3, RFC 8422 section 5.4): ECDHE, or DHE in any group.</summary>
/// <param name="Group">The curve; null: DHE.</param>
/// <param name="PublicKey">The client's key, as ClientKeyExchange has it.</param>
/// <param name="Agree">The premaster secret.</param>
internal sealed record ServerExchange(ushort? Group, byte[] PublicKey, Func<byte[]> Agree)
{
    private const byte NamedCurve = 3;

    /// <summary>The client's exponent, the same in all tests.</summary>
    private static readonly BigInteger Exponent = new(RawHello.Filled(32, 0x42), isUnsigned: true, isBigEndian: true);

    public static ServerExchange Read(ReadOnlySpan<byte> body)
    {
        if (body[0] == NamedCurve)
        {
            var group = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
            var serverKey = body.Slice(4, body[3]).ToArray();
            var own = ClientShare.ForGroup(group) ?? throw new InvalidDataException($"The server chose the group {group:x4}.");
            return new(group, Vector8(own.PublicKey), () => own.Agree(serverKey));
        }
        var prime = Take(ref body);
        var generator = Take(ref body);
        var serverShare = Take(ref body);
        var length = prime.GetByteCount(isUnsigned: true);
        var share = BigInteger.ModPow(generator, Exponent, prime).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = [.. new byte[length - share.Length], .. share];
        return new(null, Vector16(padded), () =>
            BigInteger.ModPow(serverShare, Exponent, prime).ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    private static BigInteger Take(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var number = new BigInteger(rest.Slice(2, length), isUnsigned: true, isBigEndian: true);
        rest = rest[(2 + length)..];
        return number;
    }
}
