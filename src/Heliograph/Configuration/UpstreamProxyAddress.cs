using System.Text;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>How <c>upstream.proxy</c> is written.</summary>
internal static class UpstreamProxyAddress
{
    public const string Allowed = "socks5://HOST:PORT or http://HOST:PORT, such as socks5://192.0.2.7:1080";

    private const string Separator = "://";

    /// <summary>Null: it is good; otherwise what is wrong with it.</summary>
    public static string? Parse(string text, out UpstreamProxy value)
    {
        value = null!;
        var separator = text.IndexOf(Separator, StringComparison.Ordinal);
        if (separator < 0)
            return "the protocol is missing";
        UpstreamProxyProtocol protocol;
        switch (text[..separator])
        {
            case "socks5":
                protocol = UpstreamProxyProtocol.Socks5;
                break;
            case "http":
                protocol = UpstreamProxyProtocol.HttpConnect;
                break;
            case "socks5h":
                return "write socks5: the proxy always resolves the names";
            case "https":
                return "a proxy that is spoken to in TLS is not supported; what is relayed is encrypted already";
            default:
                return "the protocol is neither socks5 nor http";
        }
        var place = text[(separator + Separator.Length)..];
        if (place.Contains('@', StringComparison.Ordinal))
            return $"must not hold a user name or password: they are {Keys.UpstreamProxyUser.Name} and {Keys.UpstreamProxyPassword.Name}";
        if (place.EndsWith('/'))
            place = place[..^1];
        if (Values.Endpoint(place, out var endpoint) is { } problem)
            return problem == "not an endpoint" ? "it does not end in a host and a port" : problem;
        if (endpoint is not UpstreamEndpoint.Tcp tcp)
            return "a unix socket is no proxy's";
        value = new(protocol, tcp);
        return null;
    }

    /// <summary>RFC 1929 has a byte for the length.</summary>
    public static string? ParseCredential(string text, out string value)
    {
        value = text;
        return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= UpstreamProxy.LongestCredential && !text.Any(char.IsControl)
            ? null
            : $"not 1 to {UpstreamProxy.LongestCredential} printable characters";
    }
}
