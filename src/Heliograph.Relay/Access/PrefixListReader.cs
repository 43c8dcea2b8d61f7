using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.Platform;

namespace Heliograph.Relay.Access;

/// <summary>
/// Reads a list of prefixes: an address or a prefix a line, with comments after <c>#</c> or <c>;</c>. FireHOL's <c>.netset</c>, Spamhaus's
/// DROP and ipdeny's <c>.zone</c> are such lists. A pure parser: one line that is wrong refuses the list.
/// </summary>
public static class PrefixListReader
{
    /// <summary>The longest list. 1,000,000 IPv6 prefixes have 44 MB at most.</summary>
    public const int LongestList = 64_000_000;

    public const int MostPrefixes = 1_000_000;

    public const int LongestLine = 1024;

    private const int MostQuoted = 50;

    private const string Allowed = "an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32";

    /// <param name="text">The list.</param>
    /// <param name="most">How many prefixes it may have.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="problem">Why there is no set: the line, what is wrong with it, and what is allowed.</param>
    public static PrefixSet? Read(ReadOnlySpan<byte> text, int most, out int count, out string? problem)
    {
        var networks = new List<IPNetwork>();
        count = 0;
        problem = null;
        if (text.Length > LongestList)
        {
            problem = $"it is longer than {LongestList / 1_000_000} MB";
            return null;
        }
        if (text.StartsWith(Encoding.UTF8.Preamble))
            text = text[Encoding.UTF8.Preamble.Length..];
        for (var number = 1; problem is null && !text.IsEmpty; number++)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (Add(line, networks) is { } wrong)
                problem = string.Create(CultureInfo.InvariantCulture, $"line {number} {wrong}");
            else if (networks.Count > most)
                problem = string.Create(
                    CultureInfo.InvariantCulture, $"it has more than {most} prefixes, and all lists together may have {MostPrefixes}");
        }
        count = networks.Count;
        return problem is null ? PrefixSet.Create(networks) : null;
    }

    private static string? Add(ReadOnlySpan<byte> line, List<IPNetwork> networks)
    {
        if (line.Length > LongestLine)
            return string.Create(CultureInfo.InvariantCulture, $"is longer than {LongestLine} bytes");
        var comment = line.IndexOfAny((byte)'#', (byte)';');
        var words = (comment < 0 ? line : line[..comment]).Trim(" \t\r"u8);
        if (words.IsEmpty)
            return null;
        Span<char> word = stackalloc char[LongestLine];
        word = word[..Encoding.Latin1.GetChars(words, word)];
        if (Parse(word, out var network) is { } wrong)
            return $"is {Quote(word)}, {wrong}; allowed: {Allowed}";
        networks.Add(network);
        return null;
    }

    private static string? Parse(ReadOnlySpan<char> word, out IPNetwork network)
    {
        network = default;
        var slash = word.IndexOf('/');
        if (!InternetAddress.TryParse(slash < 0 ? word : word[..slash], out var address))
            return "which is none";
        var isIpv4 = address.AddressFamily == AddressFamily.InterNetwork;
        var length = isIpv4 ? 32 : 128;
        // "/010" is 10 to some programs and 8 to others.
        if (slash >= 0
            && (word[(slash + 1)..] is ['0', _, ..]
                || !int.TryParse(word[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > (isIpv4 ? 32 : 128)))
            return "whose length is none";
        // A mapped address is an IPv4 one, and no list means all of IPv4 by 96 bits of it.
        if (length == 0 || (address.IsIPv4MappedToIPv6 && length <= 96))
            return "the whole internet, which is sources.block: all";
        // As nginx does, which says that the low bits are meaningless.
        network = new(address, length);
        return null;
    }

    private static string Quote(ReadOnlySpan<char> word)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in word[..Math.Min(word.Length, MostQuoted)])
            quoted.Append(letter is < ' ' or > '~' ? '?' : letter);
        return quoted.Append(word.Length > MostQuoted ? "…\"" : "\"").ToString();
    }
}
