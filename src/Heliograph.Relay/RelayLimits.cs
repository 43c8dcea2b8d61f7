using Heliograph.Relay.Limits;

namespace Heliograph.Relay;

/// <summary>The limits of a relay. Every wait has a deadline, and every list a largest length.</summary>
public sealed record RelayLimits
{
    private static readonly TimeSpan LongestProxyHeaderTimeout = TimeSpan.FromSeconds(30);

    /// <summary>From accept to the end of the outer handshake. nginx's client_header_timeout is 60 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// From accept to a whole PROXY protocol header. It comes with the first segment; nginx's proxy_protocol_timeout is 30 s.
    /// </summary>
    public TimeSpan ProxyHeaderTimeout => HandshakeTimeout < LongestProxyHeaderTimeout ? HandshakeTimeout : LongestProxyHeaderTimeout;

    /// <summary>
    /// From the end of the outer handshake to a whole inner ClientHello. A Signal client may sit silent for seconds first. Both together
    /// have as long as the longer of them.
    /// </summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For resolving an upstream's name and trying all its addresses.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long no byte may flow in either direction. nginx's proxy_timeout is 10 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Connections at a time from one IPv4 address or /64 of IPv6; 0: no limit. <see cref="ConnectionLimit.PerSource"/> says how many are
    /// enough.
    /// </summary>
    public int ConnectionsPerSource { get; init; }

    /// <summary>New TLS handshakes a second, of all clients together; 0: no limit.</summary>
    public int HandshakesPerSecond { get; init; }

    /// <summary>Bytes relayed a second, of all connections and both directions together; 0: no limit.</summary>
    public long BytesPerSecond { get; init; }
}
