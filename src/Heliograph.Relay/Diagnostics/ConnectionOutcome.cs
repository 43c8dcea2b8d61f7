namespace Heliograph.Relay.Diagnostics;

/// <summary>How a connection ended. Counted in total, never by client.</summary>
public enum ConnectionOutcome
{
    /// <summary>A Signal client was relayed to its host.</summary>
    Relayed,

    /// <summary>The decoy: <c>h2</c> was negotiated, so this is a browser.</summary>
    DecoyHttp2,

    /// <summary>The decoy: the bytes inside TLS are not a ClientHello.</summary>
    DecoyNoHello,

    /// <summary>The decoy: an inner ClientHello with a name that is not routed, or with none.</summary>
    DecoyDeniedName,

    /// <summary>The decoy: an inner ClientHello for a routed host, but under an outer name that no group has: a probe.</summary>
    DecoyProbe,

    /// <summary>The decoy: an inner ClientHello for a routed host, from a source that is blocked.</summary>
    DecoyBlocked,

    /// <summary>The decoy: the routed host could not be dialled.</summary>
    DecoyUpstreamDown,

    /// <summary>No TLS on the TLS port: answered as nginx does.</summary>
    PlainHttp,

    /// <summary>Passed on untouched to another web server, because the outer ClientHello named it.</summary>
    PassedThrough,

    /// <summary>The other web server could not be dialled.</summary>
    PassthroughDown,

    /// <summary>A certificate authority's validation (RFC 8737).</summary>
    Validation,

    /// <summary>
    /// A trusted proxy's connection began without a PROXY protocol header: the proxy is not configured to send one (send-proxy).
    /// </summary>
    ProxyHeaderMissing,

    /// <summary>A trusted proxy's PROXY protocol header broke the rules.</summary>
    ProxyHeaderMalformed,

    /// <summary>A trusted proxy's PROXY protocol header was longer than what is accepted.</summary>
    ProxyHeaderTooLong,

    /// <summary>A trusted proxy's PROXY protocol header had a wrong checksum.</summary>
    ProxyHeaderChecksum,

    /// <summary>The outer handshake failed.</summary>
    HandshakeFailed,

    /// <summary>The client left before it sent anything.</summary>
    Left,

    /// <summary>The client took longer than a limit allows before it was relayed.</summary>
    TimedOut,

    /// <summary>Not even the decoy could be dialled.</summary>
    DecoyDown,

    /// <summary>Refused: the server was full.</summary>
    Refused,

    /// <summary>Refused: its source had as many connections as one may have.</summary>
    RefusedSource,

    /// <summary>Refused: there were more handshakes a second than allowed, and it would have waited too long.</summary>
    RefusedHandshake,

    /// <summary>The decoy: a routed name, but nothing is relayed until the month's budget resets.</summary>
    RefusedBudget,

    /// <summary>The decoy: a routed name, but the group had as many connections as it may have.</summary>
    RefusedGroup,

    /// <summary>Ended by a defect in Heliograph.</summary>
    Failed,
}
