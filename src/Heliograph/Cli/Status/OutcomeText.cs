using Heliograph.Relay.Diagnostics;

namespace Heliograph.Cli.Status;

/// <summary>What became of a connection, for people.</summary>
internal static class OutcomeText
{
    private static readonly Dictionary<string, string> Texts = new Dictionary<ConnectionOutcome, string>
    {
        [ConnectionOutcome.DecoyHttp2] = "browsers, shown the web site (HTTP/2)",
        [ConnectionOutcome.DecoyNoHello] = "other visitors of the web site, and probes",
        [ConnectionOutcome.DecoyDeniedName] = "asked for a host that is not on the list",
        [ConnectionOutcome.DecoyUpstreamDown] = "asked for a host that could not be reached",
        [ConnectionOutcome.PlainHttp] = "plain HTTP on the port for TLS",
        [ConnectionOutcome.PassedThrough] = "passed on to another web server",
        [ConnectionOutcome.PassthroughDown] = "meant for another web server, which could not be reached",
        [ConnectionOutcome.Validation] = "validations by the certificate authority",
        [ConnectionOutcome.ProxyHeaderMissing] = "by a trusted proxy, without a PROXY protocol header",
        [ConnectionOutcome.ProxyHeaderMalformed] = "by a trusted proxy, with a header that breaks the rules",
        [ConnectionOutcome.ProxyHeaderTooLong] = "by a trusted proxy, with a header that is too long",
        [ConnectionOutcome.ProxyHeaderChecksum] = "by a trusted proxy, with a header of a wrong checksum",
        [ConnectionOutcome.HandshakeFailed] = "TLS handshakes that failed",
        [ConnectionOutcome.Left] = "left before they said anything",
        [ConnectionOutcome.TimedOut] = "kept silent for too long",
        [ConnectionOutcome.DecoyDown] = "visitors who found the web site down",
        [ConnectionOutcome.Refused] = "refused: too many were connected",
        [ConnectionOutcome.RefusedSource] = "refused: too many from one source",
        [ConnectionOutcome.RefusedHandshake] = "refused: too many handshakes a second",
        [ConnectionOutcome.RefusedBudget] = "not relayed: the month's budget is spent",
        [ConnectionOutcome.Failed] = "ended by a defect of Heliograph",
    }.ToDictionary(static one => EnumWord<ConnectionOutcome>.For(one.Key), static one => one.Value, StringComparer.Ordinal);

    /// <param name="outcome">As in JSON; a server of another version may have ones that are not known here.</param>
    public static string Describe(string outcome) => Texts.GetValueOrDefault(outcome) ?? outcome.Replace('_', ' ');
}
