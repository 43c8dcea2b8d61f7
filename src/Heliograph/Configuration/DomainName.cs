using System.Globalization;
using System.Net;
using Heliograph.Platform;

namespace Heliograph.Configuration;

/// <summary>Reads what clients type to reach the proxy, and the names of routes.</summary>
internal static class DomainName
{
    public const string NoWildcard = "a wildcard; name each host, as no client can type a '*'";

    /// <summary>A DNS name, in lower case, which may begin with "*.", or an IP address in its canonical form.</summary>
    public static string? Parse(string text, out string value)
    {
        value = text;
        if (InternetAddress.FindProblem(text) is { } misread)
            return misread;
        if (InternetAddress.TryParse(text, out var address))
        {
            value = address.ToString();
            return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
                ? "no client can reach this address; name the one they use" : null;
        }
        if (!text.StartsWith("*.", StringComparison.Ordinal))
            return ParseHost(text, out value);
        var problem = ParseHost(text[2..], out value);
        value = "*." + value;
        return problem;
    }

    /// <summary>A DNS name, in lower case (RFC 1123 section 2.1).</summary>
    public static string? ParseHost(string text, out string value)
    {
        value = text.ToLowerInvariant();
        if (text.Length == 0)
            return "the name is empty";
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal))
            return "a web address; write the host's name only";
        if (text.Contains('*', StringComparison.Ordinal))
            return NoWildcard;
        if (text.EndsWith('.'))
            return "remove the dot at the end";
        if (text.Any(static c => c > 127))
            return ToAscii(text) is { } ascii && ParseHost(ascii, out _) is null
                ? $"has characters that DNS does not allow; write it as {ascii}" : "has characters that no host name has";
        if (text.Contains(':', StringComparison.Ordinal))
            return "remove the port: only the name is needed";
        if (text.Length > 253)
            return "longer than 253 characters";
        var labels = value.Split('.');
        if (!labels.All(IsLabel))
            return "not a host name";
        return InternetAddress.EndsInNumber(text) ? "neither a host name nor an IP address" : null;
    }

    /// <summary>An international name as DNS has it (punycode); null: it is not a name.</summary>
    public static string? ToAscii(string text)
    {
        try
        {
            return new IdnMapping().GetAscii(text.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63
        && label[0] != '-' && label[^1] != '-'
        && label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
