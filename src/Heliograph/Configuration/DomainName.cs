using System.Globalization;
using System.Net;

namespace Heliograph.Configuration;

/// <summary>Reads what clients type to reach the proxy, and the names of routes.</summary>
internal static class DomainName
{
    /// <summary>A DNS name, in lower case, which may begin with "*.", or an IP address in its canonical form.</summary>
    public static string? Parse(string text, out string value)
    {
        value = text;
        if (IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.Count('.') == 3))
        {
            value = address.ToString();
            return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "no client can reach this address; name the one they use" : null;
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
            return "a wildcard; name each host, as no client can type a '*'";
        if (text.EndsWith('.'))
            return "the dot at the end must go";
        if (text.Any(static c => c > 127))
            return ToAscii(text) is { } ascii ? $"has letters that DNS does not; write it as {ascii}" : "has letters that no host name has";
        if (text.Contains(':', StringComparison.Ordinal))
            return "the port must go: a name stands alone";
        if (text.Length > 253)
            return "longer than 253 letters";
        var labels = value.Split('.');
        if (labels.Any(static label => label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            return "not a host name";
        return labels[^1].All(char.IsAsciiDigit) ? "neither a host name nor an IP address" : null;
    }

    /// <summary>A name in other letters as DNS has it (punycode); null: it is none.</summary>
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
}
