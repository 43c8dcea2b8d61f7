using System.Buffers.Text;
using System.Text;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Upstream;

/// <summary>HTTP's CONNECT (RFC 9110 section 9.3.6, RFC 9112 section 3.2.3), with Basic credentials (RFC 7617).</summary>
internal sealed class ConnectConversation : ProxyConversation
{
    /// <summary>squid's answers have some 400 bytes; its error pages follow the head and are not read.</summary>
    private const int LongestAnswer = 8 * 1024;

    /// <summary><c>HTTP/1.1 200</c>, and two line ends of one byte.</summary>
    private const int ShortestAnswer = 14;

    private readonly bool hasCredentials;

    public ConnectConversation(UpstreamProxy proxy, UpstreamEndpoint.Tcp host) : base(LongestAnswer)
    {
        hasCredentials = proxy.User is not null;
        var credentials = hasCredentials
            ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.User}:{proxy.Password}"))}\r\n"
            : "";
        Send(Encoding.UTF8.GetBytes($"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{credentials}\r\n"));
        Expect(ShortestAnswer);
    }

    protected override void Read(ReadOnlySpan<byte> received)
    {
        if (!received.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(received[9..12], out ushort status, out var digits) || digits != 3)
            Fail(NotHttp());
        else if (Missing(received) is > 0 and var missing)
            Expect(missing);
        else if (status is < 200 or > 299)
            Fail(FromStatus(status));
    }

    /// <summary>How many bytes an empty line takes at least; 0: it has come. Some proxies end a line with LF alone.</summary>
    private static int Missing(ReadOnlySpan<byte> received) =>
        received.EndsWith("\n\r\n"u8) || received.EndsWith("\n\n"u8) ? 0
        : received.EndsWith("\n"u8) || received.EndsWith("\n\r"u8) ? 1
        : 2;

    private ProxyFault FromStatus(ushort status)
    {
        var code = $"HTTP status {status}";
        return status switch
        {
            401 or 407 => ProxyFault.Credentials(code, hasCredentials),
            403 or 451 => ProxyFault.Forbidden(code),
            504 => ProxyFault.NotReached(DialFailure.TimedOut, code),
            404 or 500 or 502 or 503 => ProxyFault.NotReached(DialFailure.Unreachable, code),
            405 or 501 => new(DialFailure.NotAProxy, $"does not connect for others ({code})"),
            _ => new(DialFailure.NotAProxy, $"does not answer CONNECT as a proxy ({code})"),
        };
    }

    private static ProxyFault NotHttp() => new(DialFailure.NotAProxy, "does not answer as an HTTP proxy");
}
