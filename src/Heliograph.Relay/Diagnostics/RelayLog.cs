using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Records;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// Every message that the relay can log. None contains a client's address or the inner name of a connection, at any level: no parameter
/// could hold them.
/// </summary>
internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Debug, "a connection ended: {Outcome}")]
    public static partial void Ended(this ILogger logger, ConnectionOutcome outcome);

    [LoggerMessage(2, LogLevel.Debug, "an outer handshake failed: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "accepting paused for {Milliseconds} ms: {Reason}")]
    public static partial void AcceptPaused(this ILogger logger, long milliseconds, string reason);

    [LoggerMessage(4, LogLevel.Warning, "full: {Limit} connections are open (limits.max_connections); new ones are refused until some end")]
    public static partial void Full(this ILogger logger, int limit);

    [LoggerMessage(5, LogLevel.Error, "a defect in Heliograph ended a connection; the others continue; please report it: {Defect}")]
    public static partial void Defect(this ILogger logger, string defect);

    [LoggerMessage(6, LogLevel.Information, "the certificate was replaced; open connections keep theirs")]
    public static partial void CertificateReplaced(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning,
        "Signal clients asked for hosts that are not routed; the list may be out of date: look for a newer version of Heliograph: {Names}")]
    public static partial void NamesNotRouted(this ILogger logger, string names);

    [LoggerMessage(23, LogLevel.Warning, "Signal's apps ask for a host that this version does not know: {Name}; it is relayed")]
    public static partial void HostFound(this ILogger logger, string name);

    [LoggerMessage(
        24, LogLevel.Warning,
        "DNS has an answer for every name under {Zone}, even for one that was made up: hosts that this version does not know cannot be " +
        "found; use another resolver on this machine")]
    public static partial void NamesMadeUp(this ILogger logger, string zone);

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "connections were refused since the start or the last such message: up to {Source} by limits.max_connections_per_source, up to " +
        "{Handshake} by limits.handshakes_per_second")]
    public static partial void Refused(this ILogger logger, long source, long handshake);

    [LoggerMessage(
        7, LogLevel.Warning, "{Endpoint} cannot be dialled (decoy): its visitors are shown an error page (502 Bad Gateway)")]
    public static partial void DecoyDown(this ILogger logger, UpstreamEndpoint endpoint);

    [LoggerMessage(22, LogLevel.Warning, "{Endpoint} cannot be dialled (decoy): its visitors are disconnected")]
    public static partial void DecoyDisconnects(this ILogger logger, UpstreamEndpoint endpoint);

    [LoggerMessage(9, LogLevel.Warning, "{Endpoint} cannot be dialled (passthrough): the connections for it are closed")]
    public static partial void SiteDown(this ILogger logger, UpstreamEndpoint endpoint);

    [LoggerMessage(
        25, LogLevel.Warning,
        "the proxy {Proxy} {Problem} (upstream.proxy): nothing is relayed, and Signal clients are shown the web site; heliograph check " +
        "tries the proxy")]
    public static partial void ProxyDown(this ILogger logger, UpstreamProxy proxy, string problem);

    [LoggerMessage(26, LogLevel.Information, "the proxy {Proxy} works again (upstream.proxy)")]
    public static partial void ProxyWorksAgain(this ILogger logger, UpstreamProxy proxy);

    /// <summary>Warns of an ipsec-mb that does not compute what OpenSSL does.</summary>
    public static void ReportIpsecMb(this ILogger logger, RecordProtection protection)
    {
        if (protection.RejectedIpsecMb is { } version)
            logger.IpsecMbDiffers(version);
    }

    [LoggerMessage(
        21, LogLevel.Warning,
        "ipsec-mb {Version} computes AES-GCM differently from OpenSSL and is not used; please report this with the name of the processor")]
    private static partial void IpsecMbDiffers(this ILogger logger, string version);
}
