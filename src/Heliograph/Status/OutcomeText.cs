using Heliograph.Relay.Diagnostics;

namespace Heliograph.Status;

/// <summary>The outcome of a connection, for a person.</summary>
internal static class OutcomeText
{
    private static readonly Dictionary<string, string> Texts = new Dictionary<ConnectionOutcome, string>
    {
        [ConnectionOutcome.DecoyHttp2] = "browsers, shown the web site (HTTP/2)",
        [ConnectionOutcome.DecoyNoHello] = "other visitors of the web site, and probes",
        [ConnectionOutcome.DecoyDeniedName] = "requested a host that is not on the list",
        [ConnectionOutcome.DecoyProbe] = "probes: asked for Signal under a name that no group has",
        [ConnectionOutcome.DecoyBlocked] = "not relayed: from a source that is blocked",
        [ConnectionOutcome.DecoyUpstreamDown] = "requested a host that could not be reached",
        [ConnectionOutcome.PlainHttp] = "plain HTTP on the port for TLS",
        [ConnectionOutcome.PassedThrough] = "passed on to another web server",
        [ConnectionOutcome.PassthroughDown] = "meant for another web server, which could not be reached",
        [ConnectionOutcome.Validation] = "validations by the certificate authority",
        [ConnectionOutcome.ProxyHeaderMissing] = "from a trusted proxy, without a PROXY protocol header",
        [ConnectionOutcome.ProxyHeaderMalformed] = "from a trusted proxy, with a malformed header",
        [ConnectionOutcome.ProxyHeaderTooLong] = "from a trusted proxy, with a header that is too long",
        [ConnectionOutcome.ProxyHeaderChecksum] = "from a trusted proxy, with a wrong header checksum",
        [ConnectionOutcome.HandshakeFailed] = "TLS handshakes that failed",
        [ConnectionOutcome.Left] = "left before sending anything",
        [ConnectionOutcome.TimedOut] = "silent for too long",
        [ConnectionOutcome.DecoyDown] = "visitors who found the web site down",
        [ConnectionOutcome.Refused] = "refused: too many connections",
        [ConnectionOutcome.RefusedSource] = "refused: too many from one source",
        [ConnectionOutcome.RefusedHandshake] = "refused: too many handshakes a second",
        [ConnectionOutcome.RefusedBudget] = "not relayed: the month's budget is used up",
        [ConnectionOutcome.RefusedGroup] = "not relayed: the group had as many connections as it may",
        [ConnectionOutcome.Failed] = "ended by a bug in Heliograph",
    }.ToDictionary(static one => EnumWord<ConnectionOutcome>.For(one.Key), static one => one.Value, StringComparer.Ordinal);

    /// <param name="outcome">As in JSON; a server of another version may report one that is unknown here.</param>
    public static string Describe(string outcome) => Texts.GetValueOrDefault(outcome) ?? outcome.Replace('_', ' ');
}
