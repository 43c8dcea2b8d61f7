using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Heliograph.Platform;
using Heliograph.Platform.Minisign;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>Reads one value. Null: it is good; otherwise what is wrong with it, to be followed by what is allowed.</summary>
internal delegate string? Parse<T>(string text, out T value);

/// <summary>How the values of the configuration are written.</summary>
internal static class Values
{
    public const int MostConnections = 10_000_000;

    public const int LastDayOfEveryMonth = 28;

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>A duration within bounds.</summary>
    public static Parse<TimeSpan> Duration(TimeSpan shortest, TimeSpan longest) => (string text, out TimeSpan value) =>
    {
        value = default;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = Array.FindIndex(Units, unit => unit.Unit == text[digits..]);
        if (digits == text.Length && digits > 0)
            return "the unit is missing";
        if (digits is 0 or > 12 || unit < 0)
            return "not a duration";
        var ticks = (Int128)long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * Units[unit].Length.Ticks;
        if (ticks < shortest.Ticks || ticks > longest.Ticks)
            return $"must be from {Write(shortest)} to {Write(longest)}";
        value = new TimeSpan((long)ticks);
        return null;
    };

    /// <summary>The word off, which gives null, or what <paramref name="parse"/> takes.</summary>
    public static Parse<T?> OrOff<T>(Parse<T> parse)
        where T : struct => (string text, out T? value) =>
    {
        value = null;
        if (text == "off")
            return null;
        var problem = parse(text, out var given);
        value = given;
        return problem;
    };

    /// <summary>The shortest way to write a duration, in the largest unit that fits.</summary>
    public static string Write(TimeSpan value)
    {
        var (unit, length) = value == TimeSpan.Zero ? Units[1] : Units.Last(unit => value.Ticks % unit.Length.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / length.Ticks}{unit}");
    }

    /// <summary>A local address and port to listen on.</summary>
    public static string? ListenAddress(string text, out IPEndPoint value)
    {
        value = new(IPAddress.IPv6Any, 0);
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return colon < 0 ? "the port is missing" : "the port is not a number from 0 to 65535";
        if (host.Length == 0)
            return $"the address is missing; write \"[::]:{port}\" for every address";
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        var literal = bracketed ? host[1..^1] : host;
        if (!InternetAddress.TryParse(literal, out var address))
            return InternetAddress.FindProblem(literal) ?? "not an IP address with a port; a name cannot be listened on";
        if (bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return bracketed ? "only an IPv6 address goes in brackets" : $"an IPv6 address goes in brackets: \"[{host}]:{port}\"";
        value = new(address, port);
        return null;
    }

    public static string? Address(string text, out IPAddress value) =>
        InternetAddress.TryParse(text, out value!) ? null : InternetAddress.FindProblem(text) ?? "not an IP address";

    /// <summary>A network, or one address, which is the network of itself.</summary>
    public static string? Network(string text, out IPNetwork value)
    {
        value = default;
        var (start, prefix) = text.Split('/', 2) is [var before, var after] ? (before, after) : (text, null);
        if (!InternetAddress.TryParse(start, out var address))
            return InternetAddress.FindProblem(start) ?? "not a network";
        var longest = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var length = longest;
        // "/010" is 10 to some programs and 8 to others.
        if (prefix is not null
            && (!int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > longest
                || (prefix[0] == '0' && prefix.Length > 1)))
            return "not a network";
        value = new(address, length);
        // The runtime silently clears such bits; the operator must have meant something else.
        if (!value.BaseAddress.Equals(address))
            return $"the address has bits beyond the first {length}; write a single address without a /";
        return value.PrefixLength == 0 ? "the whole internet: anyone could then claim any address" : null;
    }

    public static string? Count(string text, out int? value)
    {
        value = null;
        if (text == "auto")
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MostConnections)
            return "not a number of connections";
        value = number;
        return null;
    }

    /// <summary>0: off.</summary>
    public static string? CountOrOff(string text, out int? value)
    {
        value = 0;
        return text == ByteSizes.Off ? null : Count(text, out value);
    }

    /// <summary>A number from 1 on; 0: off.</summary>
    public static Parse<int> NumberOrOff(int largest) => (string text, out int value) =>
    {
        value = 0;
        if (text == ByteSizes.Off)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= largest
            ? null
            : $"not a number from 1 to {largest}";
    };

    public static string? DayOfMonth(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= LastDayOfEveryMonth
            ? null
            : "not a day that every month has";

    public static string? FilePath(string text, out string value)
    {
        value = "";
        if (text.Length == 0)
            return "the path is empty";
        if (text.Contains('\0', StringComparison.Ordinal))
            return "not a path";
        value = Path.GetFullPath(text);
        return null;
    }

    public static string? Endpoint(string text, out UpstreamEndpoint value) =>
        UpstreamEndpoint.TryParse(text, out value!) ? null : InternetAddress.FindProblem(HostOf(text)) ?? "not an endpoint";

    public static string? RouteSet(string text, out string value)
    {
        value = text;
        return HostList.SetNames.Contains(text, StringComparer.Ordinal)
            ? null
            : "there is no such set" + DidYouMean(text, HostList.SetNames);
    }

    public static string? MinisignKey(string text, out MinisignKey value) =>
        (value = Platform.Minisign.MinisignKey.Parse(text)!) is null ? "not a public key of minisign" : null;

    /// <summary>One of a few words.</summary>
    public static Parse<T> OneOf<T>(params (string Word, T Value)[] words) => (string text, out T value) =>
    {
        var index = Array.FindIndex(words, word => word.Word == text);
        value = index < 0 ? words[0].Value : words[index].Value;
        return index < 0 ? "there is no such choice" + DidYouMean(text, words.Select(static word => word.Word)) : null;
    };

    public static string? HttpsAddress(string text, out string value)
    {
        value = text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return "not a web address";
        if (uri.Scheme != Uri.UriSchemeHttps)
            return "must start with https://";
        // The runtime reads 0x7f000001 and 010.0.0.5 as inet_aton(3) does.
        var written = HostOf(AuthorityOf(text));
        if (uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && !InternetAddress.TryParse(written, out _))
            return InternetAddress.FindProblem(written) ?? "its host is neither a name nor an IP address";
        return uri.UserInfo.Length > 0 ? "must not hold a user name or password" : null;
    }

    public static string? Email(string text, out string value)
    {
        value = text;
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            return "write the address without mailto:";
        // RFC 5321 allows far more than any mailbox has; an authority checks the rest.
        return text.Split('@') is [{ Length: > 0 and <= 64 }, { Length: > 2 and <= 255 } host]
            && host.Contains('.', StringComparison.Ordinal)
            && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or '<' or '>' or '?' or '"')
            ? null
            : "not an e-mail address";
    }

    /// <summary>A short printable word, as an authority hands out for identifiers.</summary>
    public static string? Word(string text, out string value)
    {
        value = text;
        return text.Length is > 0 and <= 256 && text.All(static c => c is > ' ' and <= '~')
            ? null
            : "not 1 to 256 printable characters without spaces";
    }

    /// <summary>A printable text of one line.</summary>
    public static string? Line(string text, out string value)
    {
        value = text;
        return text.Length is > 0 and <= 256 && !text.Any(char.IsControl) ? null : "not 1 to 256 printable characters";
    }

    /// <summary>Any text: something else checks it.</summary>
    public static string? Text(string text, out string value)
    {
        value = text;
        return null;
    }

    public static string? Base64UrlText(string text, out string value)
    {
        // Authorities hand the key out with padding or without.
        value = text.TrimEnd('=');
        return value.Length > 0 && Base64Url.IsValid(value) ? null : "not base64url";
    }

    /// <summary>The host of HOST:PORT or [HOST]:PORT, however wrong it is.</summary>
    private static string HostOf(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
            return text[1..close];
        var colon = text.LastIndexOf(':');
        return colon < 0 ? text : text[..colon];
    }

    /// <summary>What is between "https://", with a user's name and password, and the path.</summary>
    private static string AuthorityOf(string address)
    {
        var start = address.IndexOf("//", StringComparison.Ordinal) + 2;
        var rest = address[start..].Split('/', '?', '#')[0];
        return rest[(rest.LastIndexOf('@') + 1)..];
    }

    private static string DidYouMean(string text, IEnumerable<string> words) =>
        Suggestion.Nearest(text, words) is { } near ? $"; did you mean {near}?" : "";
}
