using Heliograph.Relay.Upstream;

namespace Heliograph.Relay;

/// <summary>Where everyone who is not a Signal client goes.</summary>
public sealed record DecoyEndpoints
{
    /// <summary>
    /// Gets the decrypted bytes of visitors who speak HTTP/1.1, or send anything else than a ClientHello for a routed name.
    /// </summary>
    public required UpstreamEndpoint Http1 { get; init; }

    /// <summary>
    /// Gets the decrypted bytes of visitors with whom <c>h2</c> was negotiated (prior knowledge). Null: <c>h2</c> is not offered.
    /// </summary>
    public UpstreamEndpoint? Http2 { get; init; }

    /// <summary>
    /// Gets the raw bytes of those who do not speak TLS on the TLS port; answers as nginx does ("The plain HTTP request was sent to HTTPS
    /// port").
    /// </summary>
    public required UpstreamEndpoint PlainHttp { get; init; }

    /// <summary>
    /// Used when <see cref="Http1"/> cannot be dialled: answers like an nginx whose upstream is down ("502 Bad Gateway").
    /// </summary>
    public UpstreamEndpoint? Http1Unavailable { get; init; }

    /// <summary>The same for <see cref="Http2"/>.</summary>
    public UpstreamEndpoint? Http2Unavailable { get; init; }
}
