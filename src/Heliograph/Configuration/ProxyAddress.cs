using System.Globalization;
using System.Net;
using Heliograph.Platform;

namespace Heliograph.Configuration;

/// <summary>The proxy as people name it: a host with or without a port, or the link they were given.</summary>
/// <param name="Host">A DNS name in lower case (punycode), or an IP address in its canonical form, without brackets.</param>
/// <param name="Port">The port.</param>
internal sealed record ProxyAddress(string Host, int Port)
{
    public const int DefaultPort = 443;

    /// <summary>What <see cref="Parse"/> takes, for error messages.</summary>
    public const string Syntax =
        "a host name or an IP address, with or without :PORT, or a link such as https://signal.tube/#proxy.example.org";

    private const string LinkHost = "signal.tube";
    private static readonly string[] Schemes = ["https://", "http://", "sgnl://"];

    /// <summary>The host, where it is an address and not a name.</summary>
    public IPAddress? Literal => InternetAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>The host as it stands in an HTTP request or a web address: an IPv6 address in brackets.</summary>
    public string Bracketed => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>Null: it is good; otherwise what is wrong with it.</summary>
    public static string? Parse(string text, out ProxyAddress value)
    {
        value = new("", DefaultPort);
        if (Unlink(text.Trim(), out var host) is { } noLink)
            return noLink;
        if (SplitPort(host, out host, out var port) is { } noPort)
            return noPort;
        if (host.Contains('*', StringComparison.Ordinal))
            return "a wildcard; name one host";
        host = host.TrimEnd('.');
        if (host.Any(static letter => letter > 127))
            host = DomainName.ToAscii(host) ?? host;
        if (DomainName.Parse(host, out var name) is { } noName)
            return noName;
        value = new(name, port);
        return null;
    }

    public override string ToString() =>
        Port == DefaultPort ? Bracketed : string.Create(CultureInfo.InvariantCulture, $"{Bracketed}:{Port}");

    /// <summary>A link of Signal's has the host in its fragment. Any other web address is left as it is, and refused as a name.</summary>
    private static string? Unlink(string text, out string host)
    {
        host = text;
        var scheme = Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        var rest = scheme is null ? text : text[scheme.Length..];
        if (!rest.StartsWith(LinkHost + "/", StringComparison.OrdinalIgnoreCase)
            && !rest.StartsWith(LinkHost + "#", StringComparison.OrdinalIgnoreCase))
            return scheme is null ? null : $"a web address that is no link of Signal's ({LinkHost}); write the host's name only";
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        host = hash < 0 ? "" : rest[(hash + 1)..];
        return host.Length == 0 ? "the link has no host behind its '#': was it copied to its end?" : null;
    }

    private static string? SplitPort(string text, out string host, out int port)
    {
        port = DefaultPort;
        host = text;
        var after = "";
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close > 0 && InternetAddress.FindProblem(text[1..close]) is { } misread)
                return misread;
            if (close < 0 || !text[1..close].Contains(':', StringComparison.Ordinal)
                || !InternetAddress.TryParse(text.AsSpan(1, close - 1), out _))
                return "only an IPv6 address stands in brackets, such as [2001:db8::7]:443";
            (host, after) = (text[1..close], text[(close + 1)..]);
        }
        else if (text.Count(static letter => letter == ':') == 1)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            (host, after) = (text[..colon], text[colon..]);
        }
        if (after.Length == 0)
            return null;
        return after[0] == ':' && ushort.TryParse(after.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (port = number) > 0
            ? null
            : "the port is not a number from 1 to 65535";
    }
}
