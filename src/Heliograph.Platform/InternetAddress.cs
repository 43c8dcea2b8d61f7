using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Heliograph.Platform;

/// <summary>
/// Reads an IP address as inet_pton(3) does. <see cref="IPAddress.TryParse(string, out IPAddress)"/> also takes what inet_aton(3) takes, so
/// that 010.0.0.5 is 8.0.0.5 to it and 10.0.0.5 to others, and brackets, ports and zones.
/// </summary>
public static class InternetAddress
{
    /// <summary>The longest IPv6 address, with an IPv4 address at its end (INET6_ADDRSTRLEN without the final zero).</summary>
    public const int LongestText = 45;

    private static readonly SearchValues<char> Letters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.Length > LongestText || text.ContainsAnyExcept(Letters) || !IPAddress.TryParse(text, out var parsed))
            return false;
        var isIpv6 = parsed.AddressFamily == AddressFamily.InterNetworkV6;
        if (isIpv6 ? !HasShortGroups(text) || !EndsWell(text) : !IsCanonical(text, parsed))
            return false;
        address = parsed;
        return true;
    }

    /// <summary>
    /// Why a text that looks like an address is none, where programs differ about it; null: it does not look like one, or it is one.
    /// </summary>
    public static string? FindProblem(string text)
    {
        if (TryParse(text, out _))
            return null;
        if (text.IndexOf('%', StringComparison.Ordinal) is > 0 and var percent && TryParse(text.AsSpan(0, percent), out _))
            return "has a zone (after the %), which means something on one machine only; leave it out";
        var start = text.LastIndexOf(':') + 1;
        var numbers = text[start..].Split('.');
        var plain = text[..start] + string.Join('.', numbers.Select(WithoutZeros));
        return numbers.Length > 1 && TryParse(plain, out _)
            ? $"has a number with a leading zero, which some programs read as octal; write {plain} if you mean that"
            : null;
    }

    /// <summary>
    /// Whether a host would be an address to getaddrinfo(3), which takes 127.1 and 0x7f000001 as inet_aton(3) does: its last part is a
    /// number. No host name's is (RFC 3696 section 2).
    /// </summary>
    public static bool EndsInNumber(string host)
    {
        var last = host.TrimEnd('.');
        last = last[(last.LastIndexOf('.') + 1)..];
        return last.Length > 0
            && (last.All(char.IsAsciiDigit)
                || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0));
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Four decimal numbers without leading zeros.</summary>
    private static bool IsCanonical(ReadOnlySpan<char> text, IPAddress parsed)
    {
        Span<char> canonical = stackalloc char[LongestText];
        return parsed.TryFormat(canonical, out var length) && text.SequenceEqual(canonical[..length]);
    }

    /// <summary>No group has more than four digits, not even zeros.</summary>
    private static bool HasShortGroups(ReadOnlySpan<char> text)
    {
        foreach (var group in text.Split(':'))
        {
            if (text[group] is { Length: > 4 } digits && !digits.Contains('.'))
                return false;
        }
        return true;
    }

    /// <summary>An IPv4 address at the end of an IPv6 one is as strict as one by itself.</summary>
    private static bool EndsWell(ReadOnlySpan<char> text) =>
        text[(text.LastIndexOf(':') + 1)..] is var end
        && (!end.Contains('.') || (TryParse(end, out var last) && last.AddressFamily == AddressFamily.InterNetwork));

    private static string WithoutZeros(string number) =>
        number.TrimStart('0') is { Length: > 0 } digits ? digits : number.Length > 0 ? "0" : "";
}
