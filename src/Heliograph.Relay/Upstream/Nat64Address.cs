using System.Net;

namespace Heliograph.Relay.Upstream;

/// <summary>
/// An IPv6 address behind which NAT64 reaches an IPv4 one: in the well-known prefix (RFC 6052) or in the one for a network's own use
/// (RFC 8215).
/// </summary>
internal static class Nat64Address
{
    private const int LongestPrefix = 96;

    private static readonly IPNetwork WellKnown = IPNetwork.Parse("64:ff9b::/96");

    private static readonly IPNetwork Local = IPNetwork.Parse("64:ff9b:1::/48");

    /// <summary>The lengths that a prefix in <see cref="Local"/> can have below 96 bits (RFC 6052 section 2.2).</summary>
    private static readonly int[] ShortPrefixes = [48, 56, 64];

    public static bool Has(IPAddress address) => WellKnown.Contains(address) || Local.Contains(address);

    /// <summary>
    /// The IPv4 address that it stands for. It does not tell how long its network's prefix is, but nothing except zeros follows the IPv4
    /// address, and no host's last number is 0: so there is one for all but the addresses of no host, which have several.
    /// </summary>
    public static IReadOnlyList<IPAddress> Translate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (WellKnown.Contains(address))
            return [Embedded(bytes, LongestPrefix)];
        var possible = ShortPrefixes.Where(prefix => EndsInZeros(bytes, prefix)).ToList();
        var likely = possible.Where(prefix => bytes[LastByte(prefix)] != 0).ToList();
        return [.. (likely.Count > 0 ? likely : possible).DefaultIfEmpty(LongestPrefix).Select(prefix => Embedded(bytes, prefix))];
    }

    /// <summary>Bits 64 to 71 are zero in every form, and are left out of the IPv4 address.</summary>
    private static IPAddress Embedded(byte[] bytes, int prefix) => prefix == LongestPrefix
        ? new(bytes.AsSpan(12))
        : new([.. bytes.Where(static (_, index) => index != 8).Skip(prefix / 8).Take(4)]);

    private static bool EndsInZeros(byte[] bytes, int prefix) =>
        bytes[8] == 0 && bytes.AsSpan(LastByte(prefix) + 1).IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Where the IPv4 address ends, behind the zero byte.</summary>
    private static int LastByte(int prefix) => (prefix / 8) + 4;
}
