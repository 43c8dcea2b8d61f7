using System.Buffers;
using System.Text;

namespace Heliograph.Tls13.Hello;

/// <summary>What a host name on the wire may look like: ASCII, without a trailing dot, no address (RFC 6066 section 3).</summary>
internal static class HostName
{
    private const int Longest = 253;
    private const int LongestLabel = 63;

    // The underscore is no letter of RFC 952, but names with it are in use and resolve.
    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8);
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > Longest || name.ContainsAnyExcept(Letters))
            return false;

        var rest = name;
        while (true)
        {
            var dot = rest.IndexOf((byte)'.');
            var label = dot < 0 ? rest : rest[..dot];
            if (label.Length is 0 or > LongestLabel)
                return false;
            // "Literal IPv4 and IPv6 addresses are not permitted": no top-level name is a number, and an IPv6 address has colons.
            if (dot < 0)
                return label.ContainsAnyExcept(Digits);
            rest = rest[(dot + 1)..];
        }
    }

    public static string ToLower(ReadOnlySpan<byte> validName)
    {
        Span<char> lower = stackalloc char[Longest];
        Ascii.ToLower(validName, lower, out var length);
        return new string(lower[..length]);
    }
}
