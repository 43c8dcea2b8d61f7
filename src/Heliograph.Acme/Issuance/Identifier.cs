using System.Diagnostics.CodeAnalysis;
using System.Net;
using Heliograph.Platform;

namespace Heliograph.Acme.Issuance;

/// <summary>What a certificate covers: a DNS name, a wildcard, or an IP address (RFC 8738).</summary>
internal sealed record Identifier
{
    private Identifier(string value, IPAddress? address)
    {
        Value = value;
        Address = address;
    }

    /// <summary>In lower case; an address in its canonical form (RFC 5952).</summary>
    public string Value { get; }

    public IPAddress? Address { get; }

    public bool IsAddress => Address is not null;

    public bool IsWildcard => Value.StartsWith("*.", StringComparison.Ordinal);

    public string Type => IsAddress ? "ip" : "dns";

    /// <summary>The name without the wildcard's star.</summary>
    public string BaseName => IsWildcard ? Value[2..] : Value;

    /// <summary>The SNI of a TLS-ALPN-01 validation: for an address, its name in in-addr.arpa or ip6.arpa (RFC 8738 section 6).</summary>
    public string ServerName => Address is null ? BaseName : ReverseName(Address);

    public override string ToString() => Value;

    public static Identifier Parse(string text) =>
        TryParse(text, out var identifier, out var why) ? identifier : throw new FormatException($"'{text}' {why}.");

    public static bool TryParse(string text, [NotNullWhen(true)] out Identifier? identifier, [NotNullWhen(false)] out string? why)
    {
        identifier = null;
        why = null;
        if (InternetAddress.TryParse(text, out var address))
        {
            if (address.IsIPv4MappedToIPv6)
                address = address.MapToIPv4();
            identifier = new Identifier(address.ToString(), address);
            return true;
        }

        var name = text.ToLowerInvariant();
        if (!name.All(char.IsAscii))
            why = "has letters outside ASCII; write it in its xn-- form";
        else if (!IsHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name))
            why = "is neither a DNS name (such as proxy.example.org or *.example.org) nor an IP address";
        else
            identifier = new Identifier(name, null);
        return identifier is not null;
    }

    private static bool IsHostName(string name) =>
        name.Length is > 0 and <= 253
        && name.Contains('.', StringComparison.Ordinal)
        && name.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        // No top level domain is a number; what looks like one is a mistyped address.
        && !char.IsAsciiDigit(name[name.LastIndexOf('.') + 1]);

    private static string ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa"
            : string.Concat(bytes.Reverse().Select(b => $"{b & 15:x}.{b >> 4:x}.")) + "ip6.arpa";
    }
}
