using Heliograph.Metrics;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Cli;

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
        [ConnectionOutcome.Validation] = "validations by the certificate authority",
        [ConnectionOutcome.HandshakeFailed] = "TLS handshakes that failed",
        [ConnectionOutcome.Left] = "left before they said anything",
        [ConnectionOutcome.TimedOut] = "kept silent for too long",
        [ConnectionOutcome.DecoyDown] = "visitors who found the web site down",
        [ConnectionOutcome.Refused] = "refused: too many were connected",
        [ConnectionOutcome.Failed] = "ended by a defect of Heliograph",
    }.ToDictionary(static one => WordFor<ConnectionOutcome>.Of(one.Key), static one => one.Value, StringComparer.Ordinal);

    /// <param name="outcome">As in JSON; a server of another version may have ones that are not known here.</param>
    public static string Of(string outcome) => Texts.GetValueOrDefault(outcome) ?? outcome.Replace('_', ' ');
}
